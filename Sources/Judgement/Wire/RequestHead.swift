/// The methods of HTTP (RFC 9110 §9). Which of them an operation has is the catalogue's matter.
package enum Method: String, CaseIterable, Hashable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case patch = "PATCH"
    case connect = "CONNECT"
    case trace = "TRACE"
}

/// The head of one request, read strictly: what it cannot mean in two ways.
package struct RequestHead: Hashable, Sendable {
    /// The method.
    package let method: Method
    /// The target as it was sent: visible ASCII, not empty. Its grammar is `EngineAPI`'s matter.
    package let target: String
    /// The known fields.
    package let fields: Fields
    /// How the body ends; never `.untilClose`.
    package let framing: BodyFraming
    /// False when the client asked to close after this exchange (RFC 9112 §9.6).
    package let persistent: Bool
    /// The protocol that `Upgrade` names, in lower case.
    package let upgrade: String?
    /// True when the client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool

    /// Reads a whole head.
    ///
    /// - Parameters:
    ///   - head: The head's bytes with the empty line; `HeadScanner` has found their end.
    ///   - limits: How large the head may be.
    /// - Throws: The first failure in the order request line, field lines, meaning of the fields.
    package init(
        parsing head: Span<UInt8>, limits: HeadLimits = HeadLimits()
    ) throws(HeadFailure) {
        let lineEnd = FieldLines.lineEnd(head, from: 0)
        (method, target) = try Self.requestLine(head, lineEnd)
        fields = try FieldLines(head, from: lineEnd + 2, limit: limits.maximumFields).fields
        guard let host = fields[.host], Self.isHost(host) else { throw .badHost }
        framing = try Self.framing(of: fields)
        switch fields[.expect]?.lowercased() {
        case nil: expectsContinue = false
        case "100-continue": expectsContinue = framing != .none
        default: throw .unsupportedExpectation
        }
        let options = try ConnectionOptions(fields)
        persistent = !options.close
        upgrade = options.upgrade
    }

    /// Reads `METHOD SP target SP HTTP/1.1`.
    private static func requestLine(
        _ head: Span<UInt8>, _ end: Int
    ) throws(HeadFailure) -> (Method, String) {
        var first = 0
        while first < end, head[first] != 0x20 { first += 1 }
        var second = first + 1
        while second < end, head[second] != 0x20 {
            guard head[second] > 0x20, head[second] < 0x7F else { throw .badRequestLine }
            second += 1
        }
        guard second < end, second > first + 1 else { throw .badRequestLine }
        guard let name = FieldLines.text(head, 0..<first), let method = Method(rawValue: name)
        else {
            throw .unknownMethod
        }
        switch FieldLines.text(head, second + 1..<end) {
        case "HTTP/1.1": break
        case let version? where version.hasPrefix("HTTP/"): throw .unsupportedVersion
        default: throw .badRequestLine
        }
        guard let target = FieldLines.text(head, first + 1..<second) else { throw .badRequestLine }
        return (method, target)
    }

    private static func framing(of fields: Fields) throws(HeadFailure) -> BodyFraming {
        guard fields[.trailer] == nil else { throw .unsupportedTrailer }
        switch (fields[.contentLength], fields[.transferEncoding]) {
        case (nil, nil): return .none
        case (.some, .some): throw .conflictingFraming
        case (let length?, nil): return try contentLength(length)
        case (nil, let coding?):
            guard coding == "chunked" else { throw .unsupportedTransferEncoding }
            return .chunked
        }
    }

    /// Reads a Content-Length: one to fifteen digits and nothing else (RFC 9112 §6.2).
    static func contentLength(_ text: String) throws(HeadFailure) -> BodyFraming {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let count = Int(text)
        else { throw .badContentLength }
        return count == 0 ? .none : .length(count)
    }

    /// True for a reg-name, an IPv4 address or a bracketed IPv6 address with an optional port.
    private static func isHost(_ text: String) -> Bool {
        guard (1...255).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D, 0x5F: true
            default: false
            }
        }
    }
}

/// What the Connection and Upgrade fields say together (RFC 9110 §7.6.1, §7.8).
struct ConnectionOptions {
    private(set) var close = false
    private(set) var upgrade: String?

    init(_ fields: Fields) throws(HeadFailure) {
        var asksToUpgrade = false
        for option in (fields[.connection] ?? "").split(separator: ",") {
            switch String(option).trimmingBlanks().lowercased() {
            case "close": close = true
            case "keep-alive", "": break
            case "upgrade": asksToUpgrade = true
            default: throw .unsupportedConnectionOption
            }
        }
        upgrade = fields[.upgrade]?.lowercased()
        guard asksToUpgrade == (upgrade != nil) else { throw .badUpgrade }
    }
}

extension String {
    /// The text without blanks and tabs around it.
    fileprivate func trimmingBlanks() -> String {
        var text = Substring(self)
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
