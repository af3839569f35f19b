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

    /// Finds the field that a name spells, whatever its letters' case (RFC 9110 §5.1).
    ///
    /// - Parameters:
    ///   - bytes: A span that holds the name.
    ///   - range: Where in `bytes` the name stands.
    /// - Returns: The field, or nil when the name is none of ours.
    static func named(_ bytes: Span<UInt8>, in range: Range<Int>) -> FieldName? {
        guard range.count < byLength.count else { return nil }
        candidates: for candidate in byLength[range.count] {
            var index = range.lowerBound
            for letter in candidate.letters {
                guard lowercased(bytes[index]) == letter else { continue candidates }
                index += 1
            }
            return candidate.field
        }
        return nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The fields by the length of their names, names in lower case.
    private static let byLength: [[(letters: [UInt8], field: FieldName)]] = {
        let longest = allCases.map(\.rawValue.utf8.count).max() ?? 0
        var table = Array(repeating: [(letters: [UInt8], field: FieldName)](), count: longest + 1)
        for field in allCases {
            table[field.rawValue.utf8.count].append((field.rawValue.utf8.map(lowercased), field))
        }
        return table
    }()
}
