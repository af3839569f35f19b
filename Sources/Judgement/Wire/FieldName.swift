/// The header fields that mean something to the gateway, in either direction.
///
/// The list is closed: any other field is checked for its grammar (RFC 9110 §5) and dropped, so
/// nothing that a client invents can travel further. Raw values are the canonical spelling that is
/// written to the other side.
package enum FieldName: String, CaseIterable, Hashable, Sendable {
    // What frames and steers a message (RFC 9110, RFC 9112).
    case connection = "Connection"
    case contentEncoding = "Content-Encoding"
    case contentLength = "Content-Length"
    case contentType = "Content-Type"
    case expect = "Expect"
    case host = "Host"
    case trailer = "Trailer"
    case transferEncoding = "Transfer-Encoding"
    case upgrade = "Upgrade"

    // What only a browser sends (Fetch, RFC 6454, RFC 6265).
    case cookie = "Cookie"
    case origin = "Origin"
    case referer = "Referer"
    case secFetchDest = "Sec-Fetch-Dest"
    case secFetchMode = "Sec-Fetch-Mode"
    case secFetchSite = "Sec-Fetch-Site"

    // The WebSocket handshake (RFC 6455 §4.1).
    case webSocketAccept = "Sec-WebSocket-Accept"
    case webSocketKey = "Sec-WebSocket-Key"
    case webSocketVersion = "Sec-WebSocket-Version"

    // Docker's own (Engine API).
    case registryAuth = "X-Registry-Auth"
    case registryConfig = "X-Registry-Config"
    case userAgent = "User-Agent"

    // What an engine answers with and clients read.
    case apiVersion = "Api-Version"
    case builderVersion = "Builder-Version"
    case cacheControl = "Cache-Control"
    case containerPathStat = "X-Docker-Container-Path-Stat"
    case date = "Date"
    case dockerExperimental = "Docker-Experimental"
    case osType = "Ostype"
    case pragma = "Pragma"
    case server = "Server"
    case swarm = "Swarm"
    case warning = "Warning"

    // What the gateway says of itself: the entry of a refusal in the record.
    case ledgerEntry = "Quaymaster-Entry"

    /// Finds the field that a name spells, whatever its letters' case (RFC 9110 §5.1).
    ///
    /// - Parameters:
    ///   - bytes: A span that holds the name.
    ///   - range: Where in `bytes` the name stands.
    /// - Returns: The field, or nil when the name is none of ours.
    static func named(_ bytes: Span<UInt8>, in range: Range<Int>) -> FieldName? {
        guard range.count < table.byLength.count else { return nil }
        candidates: for number in table.byLength[range.count] {
            let start = number * table.stride
            for offset in 0..<range.count {
                guard lowercased(bytes[range.lowerBound + offset]) == table.letters[start + offset]
                else { continue candidates }
            }
            return table.fields[number]
        }
        return nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The fields in the order of their names' lengths, laid out flat: every head of every message
    /// is looked up here.
    private struct Table {
        let fields: [FieldName]
        /// The names in lower case, `stride` bytes each.
        let letters: [UInt8]
        let stride: Int
        /// Which fields have a name of a length.
        let byLength: [Range<Int>]

        init() {
            let fields = allCases.sorted { $0.rawValue.utf8.count < $1.rawValue.utf8.count }
            let stride = fields.last?.rawValue.utf8.count ?? 0
            self.fields = fields
            self.stride = stride
            letters = fields.flatMap { field in
                let name = field.rawValue.utf8.map(lowercased)
                return name + Array(repeating: 0, count: stride - name.count)
            }
            byLength = (0...stride).map { length in
                let first = fields.firstIndex { $0.rawValue.utf8.count >= length } ?? fields.count
                let end = fields.firstIndex { $0.rawValue.utf8.count > length } ?? fields.count
                return first..<end
            }
        }
    }

    private static let table = Table()
}
