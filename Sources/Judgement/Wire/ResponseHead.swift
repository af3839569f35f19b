/// The head of one answer, read as strictly as a request's.
package struct ResponseHead: Hashable, Sendable {
    /// The status code, 100...999.
    package let status: Int
    /// The reason phrase as it came: visible ASCII and blanks.
    package let reason: String
    /// The known fields.
    package let fields: Fields
    /// How the body ends.
    package let framing: BodyFraming
    /// True when another request may follow on the connection.
    package let persistent: Bool

    /// Reads a whole head.
    ///
    /// - Parameters:
    ///   - head: The head's bytes with the empty line.
    ///   - method: The method of the request that is answered: HEAD is answered without a body.
    ///   - limits: How large the head may be.
    /// - Throws: The first failure in the order status line, field lines, meaning of the fields.
    package init(
        parsing head: Span<UInt8>, to method: Method, limits: HeadLimits = HeadLimits()
    ) throws(HeadFailure) {
        let lineEnd = FieldLines.lineEnd(head, from: 0)
        (status, reason) = try Self.statusLine(head, lineEnd)
        fields = try FieldLines(head, from: lineEnd + 2, limit: limits.maximumFields).fields
        let framing = try Self.framing(of: fields, status: status, to: method)
        self.framing = framing
        let close = Self.names("close", in: fields[.connection])
        persistent = !close && framing != .untilClose && status != 101
    }

    private static func statusLine(
        _ head: Span<UInt8>, _ end: Int
    ) throws(HeadFailure) -> (Int, String) {
        guard end >= 12, let text = FieldLines.text(head, 0..<end), text.hasPrefix("HTTP/1.1 "),
            let status = Int(text.dropFirst(9).prefix(3)), status >= 100
        else { throw .badStatusLine }
        let rest = text.dropFirst(12)
        guard rest.isEmpty || rest.first == " " else { throw .badStatusLine }
        return (status, String(rest.dropFirst()))
    }

    private static func framing(
        of fields: Fields, status: Int, to method: Method
    ) throws(HeadFailure) -> BodyFraming {
        let framing: BodyFraming
        switch (fields[.contentLength], fields[.transferEncoding]) {
        case (nil, nil): framing = .untilClose
        case (.some, .some): throw .conflictingFraming
        case (let length?, nil): framing = try RequestHead.contentLength(length)
        case (nil, "chunked"): framing = .chunked
        case (nil, _): throw .unsupportedTransferEncoding
        }
        let isBodiless = method == .head || status < 200 || status == 204 || status == 304
        return isBodiless ? .none : framing
    }

    private static func names(_ option: String, in field: String?) -> Bool {
        guard let field, !field.isEmpty else { return false }
        return field.lowercased().split(separator: ",").contains { part in
            part.drop { $0 == " " }.prefix { $0 != " " } == option
        }
    }
}
