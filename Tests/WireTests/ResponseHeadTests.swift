import Testing
import Wire

@Suite struct ResponseHeadTests {
    private func read(_ text: String, to method: Method = .get) throws -> ResponseHead {
        try ResponseHead(parsing: Array(text.utf8).span, to: method)
    }

    @Test func readsFraming() throws {
        let cases: [(String, Method, BodyFraming, Bool)] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", .get, .length(2), true),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", .head, .none, true),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .get, .chunked, true),
            ("HTTP/1.1 204 No Content\r\n\r\n", .post, .none, true),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", .get, .none, false),
            ("HTTP/1.1 200 OK\r\n\r\n", .get, .untilClose, false),
            ("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\n\r\n", .post, .none, false),
            ("HTTP/1.1 204\r\n\r\n", .get, .none, true),
        ]
        for (text, method, framing, persistent) in cases {
            let head = try read(text, to: method)
            #expect(head.framing == framing, "\(text)")
            #expect(head.persistent == persistent, "\(text)")
        }
    }

    @Test(arguments: [
        ("HTTP/1.0 200 OK\r\n\r\n", HeadFailure.badStatusLine),
        ("HTTP/1.1 20 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 +20 OK\r\n\r\n", .badStatusLine),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .conflictingFraming),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupportedTransferEncoding),
    ])
    func refuses(text: String, failure: HeadFailure) {
        #expect(throws: failure) { try self.read(text) }
    }

    /// What an answer without a body says of one goes on to the client.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: V12\r\n\r\n", HeadFailure.badContentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .conflictingFraming),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupportedTransferEncoding),
    ])
    func refusesToAHead(text: String, failure: HeadFailure) {
        #expect(throws: failure) { try self.read(text, to: .head) }
        #expect(throws: failure) { try self.read(text.replacing("200 OK", with: "304 Not Modified")) }
    }

    @Test func writerNeverSplitsAHead() {
        var writer = HeadWriter(.get, "/a b\r\nX: y")
        writer.field(.host, "a\r\nEvil: 1")
        let text = String(decoding: writer.end(), as: UTF8.self)
        #expect(text == "GET /a?b??X:?y HTTP/1.1\r\nHost: a??Evil: 1\r\n\r\n")
    }
}
