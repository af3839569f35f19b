/// Writes message heads. Values come from parsers of ours, which let no control byte through; the
/// writer replaces any that it meets all the same, so a head can never be split.
package struct HeadWriter: Sendable {
    /// The head so far.
    package private(set) var bytes: [UInt8] = []

    private init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Begins a request (RFC 9112 §3).
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: A target in canonical form.
    package init(_ method: Method, _ target: String) {
        self.init(capacity: 256 + target.utf8.count)
        append(method.rawValue)
        bytes.append(0x20)
        append(target, blanks: false)
        append(" HTTP/1.1")
        endLine()
    }

    /// Begins an answer (RFC 9112 §4).
    package init(status: Int, reason: String) {
        self.init(capacity: 384)
        append("HTTP/1.1 ")
        append(String(status))
        bytes.append(0x20)
        append(reason)
        endLine()
    }

    /// Adds a field.
    package mutating func field(_ name: FieldName, _ value: String) {
        begin(name)
        append(value)
        endLine()
    }

    /// Adds a field whose value stands in another head.
    package mutating func field(_ name: FieldName, _ value: ArraySlice<UInt8>) {
        begin(name)
        let start = bytes.count
        bytes.append(contentsOf: value)
        clean(from: start)
        endLine()
    }

    /// Adds the fields that frame a body.
    package mutating func framing(_ framing: BodyFraming) {
        switch framing {
        case .none: field(.contentLength, "0")
        case .length(let count): field(.contentLength, String(count))
        case .chunked: field(.transferEncoding, "chunked")
        case .untilClose: field(.connection, "close")
        }
    }

    /// Ends the head and returns its bytes.
    package consuming func end() -> [UInt8] {
        endLine()
        return bytes
    }

    private mutating func append(_ text: String, blanks: Bool = true) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        clean(from: start, blanks: blanks)
    }

    private mutating func begin(_ name: FieldName) {
        bytes.append(contentsOf: name.rawValue.utf8)
        bytes.append(0x3A)
        bytes.append(0x20)
    }

    /// Replaces what could split a head.
    private mutating func clean(from start: Int, blanks: Bool = true) {
        for index in start..<bytes.count {
            let byte = bytes[index]
            let isControl = byte < 0x20 && byte != 0x09 || byte == 0x7F
            if isControl || (byte == 0x20 && !blanks) { bytes[index] = 0x3F }
        }
    }

    private mutating func endLine() {
        bytes.append(0x0D)
        bytes.append(0x0A)
    }
}
