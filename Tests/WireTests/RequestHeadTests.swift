import Testing
import Wire

/// Reads a whole head as a connection does: scanner first, then parser.
func readRequest(
    _ text: String, limits: HeadLimits = HeadLimits()
) throws(HeadFailure) -> RequestHead? {
    let bytes = Array(text.utf8)
    var scanner = HeadScanner(limit: limits.maximumBytes)
    guard let end = try scanner.end(in: bytes.span) else { return nil }
    return try RequestHead(parsing: bytes.span.extracting(0..<end), limits: limits)
}

@Suite struct RequestHeadTests {
    struct Accepted: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let framing: BodyFraming
        var persistent = true
        var upgrade: String?
        var expectsContinue = false
    }

    @Test(arguments: [
        Accepted(
            testDescription: "no body", text: "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n",
            framing: .none),
        Accepted(
            testDescription: "length",
            text: "POST /a HTTP/1.1\r\nHost: docker\r\nContent-Length: 12\r\n\r\n",
            framing: .length(12)),
        Accepted(
            testDescription: "length zero is no body",
            text: "POST /a HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n", framing: .none),
        Accepted(
            testDescription: "chunked",
            text: "POST /a HTTP/1.1\r\nhost:docker\r\ntransfer-encoding: chunked\r\n\r\n",
            framing: .chunked),
        Accepted(
            testDescription: "close",
            text: "GET / HTTP/1.1\r\nHost: [::1]:2376\r\nConnection: Close\r\n\r\n",
            framing: .none, persistent: false),
        Accepted(
            testDescription: "upgrade",
            text: "POST / HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: TCP\r\n\r\n",
            framing: .none, upgrade: "tcp"),
        Accepted(
            testDescription: "expect with a body",
            text: "POST / HTTP/1.1\r\nHost: d\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n",
            framing: .length(5), expectsContinue: true),
        Accepted(
            testDescription: "unknown fields are dropped, twice too",
            text: "GET / HTTP/1.1\r\nHost: d\r\nX-A: 1\r\nX-A: 2\r\nContent_Length: 9\r\n\r\n",
            framing: .none),
    ])
    func reads(row: Accepted) throws {
        let head = try #require(try readRequest(row.text))
        #expect(head.framing == row.framing)
        #expect(head.persistent == row.persistent)
        #expect(head.upgrade == row.upgrade)
        #expect(head.expectsContinue == row.expectsContinue)
    }

    struct Refused: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let failure: HeadFailure

        init(_ description: String, _ text: String, _ failure: HeadFailure) {
            testDescription = description
            self.text = text
            self.failure = failure
        }
    }

    @Test(arguments: [
        Refused("TLS on a plain socket", "\u{16}\u{3}\u{1}", .notHTTP),
        Refused("a blank line first", "\r\nGET / HTTP/1.1\r\nHost: d\r\n\r\n", .notHTTP),
        Refused("small letters", "get / HTTP/1.1\r\nHost: d\r\n\r\n", .notHTTP),
        Refused("HTTP/1.0", "GET / HTTP/1.0\r\nHost: d\r\n\r\n", .unsupportedVersion),
        Refused("HTTP/1.9", "GET / HTTP/1.9\r\nHost: d\r\n\r\n", .unsupportedVersion),
        Refused("no version", "GET /\r\nHost: d\r\n\r\n", .badRequestLine),
        Refused("two blanks", "GET  / HTTP/1.1\r\nHost: d\r\n\r\n", .badRequestLine),
        Refused("a blank at the end", "GET / HTTP/1.1 \r\nHost: d\r\n\r\n", .unsupportedVersion),
        Refused("a tab in the target", "GET /a\tb HTTP/1.1\r\nHost: d\r\n\r\n", .badRequestLine),
        Refused("bytes above ASCII", "GET /ü HTTP/1.1\r\nHost: d\r\n\r\n", .badRequestLine),
        Refused("another method", "BREW / HTTP/1.1\r\nHost: d\r\n\r\n", .unknownMethod),
        Refused("bare LF", "GET / HTTP/1.1\nHost: d\r\n\r\n", .controlByte),
        Refused("bare LF hides a field", "GET / HTTP/1.1\r\nHost: d\r\nX: y\nA: b\r\n\r\n", .controlByte),
        Refused("bare CR", "GET / HTTP/1.1\r\nHost: d\r\nX: a\rb\r\n\r\n", .controlByte),
        Refused("NUL", "GET / HTTP/1.1\r\nHost: d\r\nX: a\u{0}\r\n\r\n", .controlByte),
        Refused("no Host", "GET / HTTP/1.1\r\nX: d\r\n\r\n", .badHost),
        Refused("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .badHost),
        Refused("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
        Refused(
            "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .duplicateField(.host)),
        Refused("folded line", "GET / HTTP/1.1\r\nHost: d\r\nX: a\r\n b\r\n\r\n", .badFieldLine),
        Refused("blank before colon", "GET / HTTP/1.1\r\nHost : d\r\n\r\n", .badFieldLine),
        Refused("no name", "GET / HTTP/1.1\r\n: d\r\n\r\n", .badFieldLine),
        Refused("no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", .badFieldLine),
        Refused(
            "equal lengths twice",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n",
            .duplicateField(.contentLength)),
        Refused(
            "a list of lengths",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 4, 4\r\n\r\n", .badContentLength),
        Refused(
            "a signed length",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: +4\r\n\r\n", .badContentLength),
        Refused(
            "a length in hexadecimal",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 0x4\r\n\r\n", .badContentLength),
        Refused(
            "a length beyond measure",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 9999999999999999\r\n\r\n",
            .badContentLength),
        Refused(
            "length and coding",
            "POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
            .conflictingFraming),
        Refused(
            "another case of chunked",
            "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: Chunked\r\n\r\n",
            .unsupportedTransferEncoding),
        Refused(
            "two codings",
            "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            .unsupportedTransferEncoding),
        Refused(
            "announced trailers",
            "POST / HTTP/1.1\r\nHost: d\r\nTrailer: A\r\nTransfer-Encoding: chunked\r\n\r\n",
            .unsupportedTrailer),
        Refused(
            "another expectation", "GET / HTTP/1.1\r\nHost: d\r\nExpect: x\r\n\r\n",
            .unsupportedExpectation),
        Refused(
            "Connection names a field",
            "GET / HTTP/1.1\r\nHost: d\r\nConnection: close, Content-Type\r\n\r\n",
            .unsupportedConnectionOption),
        Refused(
            "Upgrade alone", "GET / HTTP/1.1\r\nHost: d\r\nUpgrade: tcp\r\n\r\n", .badUpgrade),
        Refused(
            "Connection: Upgrade alone",
            "GET / HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\n\r\n", .badUpgrade),
    ])
    func refuses(row: Refused) {
        #expect(throws: row.failure) { try readRequest(row.text) }
    }

    @Test func limitsHoldExactly() throws {
        let limits = HeadLimits(maximumBytes: 64, maximumFields: 2)
        let start = "GET / HTTP/1.1\r\nHost: d\r\nX: "
        let padding = 64 - start.utf8.count - 4
        let fits = start + String(repeating: "x", count: padding) + "\r\n\r\n"
        #expect(try readRequest(fits, limits: limits) != nil)
        let long = start + String(repeating: "x", count: padding + 1) + "\r\n\r\n"
        #expect(throws: HeadFailure.tooLong(limit: 64)) { try readRequest(long, limits: limits) }
        #expect(throws: HeadFailure.tooManyFields(limit: 2)) {
            try readRequest("GET / HTTP/1.1\r\nHost: d\r\nA: b\r\nC: d\r\n\r\n", limits: limits)
        }
    }

    @Test func everyFailureHasAStatusAndASentence() {
        let failures: [HeadFailure] = [
            .tooLong(limit: 1), .tooManyFields(limit: 1), .controlByte, .notHTTP,
            .badRequestLine, .badStatusLine, .unknownMethod, .unsupportedVersion, .badFieldLine,
            .duplicateField(.host), .badHost, .badContentLength, .conflictingFraming,
            .unsupportedTransferEncoding, .unsupportedTrailer, .unsupportedExpectation,
            .unsupportedConnectionOption, .badUpgrade,
        ]
        for failure in failures {
            #expect((400...599).contains(failure.status))
            #expect(!failure.sentence.isEmpty)
        }
    }
}
