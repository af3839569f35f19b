import AgentMessages
import Glibc
import Testing

@testable import Confinement

/// What our own tools read from a network that may be hostile.
@Suite struct ToolTests {
    private static let question = DNSMessage.question("db.internal", .address, number: 0x1234) ?? []

    /// An answer to the question with these records behind it.
    private static func answer(_ records: [UInt8], count: UInt8 = 1, flags: [UInt8] = [0x81, 0x80]) -> [UInt8] {
        var bytes = question + records
        bytes.replaceSubrange(2..<4, with: flags)
        bytes[7] = count
        return bytes
    }

    /// Name by a pointer to the question's, kind, class, time to live, data.
    private static func record(_ kind: UInt8, _ data: [UInt8], name: [UInt8] = [0xC0, 12]) -> [UInt8] {
        name + [0, kind, 0, 1, 0, 0, 0, 9, 0, UInt8(data.count)] + data
    }

    @Test func answersOfDNSAreRead() {
        let six = [UInt8](repeating: 0, count: 15) + [1]
        let read = { (bytes: [UInt8]) in DNSMessage.answer(bytes, to: Self.question) }
        #expect(
            read(Self.answer(Self.record(1, [10, 1, 2, 3]) + Self.record(28, six), count: 2))
                == .init(
                    code: 0, isCut: false,
                    records: [.init(kind: .address, value: "10.1.2.3"), .init(kind: .address6, value: "::1")]))
        // A name whose label holds what would act on a terminal.
        let alias = Self.record(5, [3, 0x61, 0x1B, 0x62, 0xC0, 15])
        #expect(read(Self.answer(alias))?.records == [.init(kind: .alias, value: #"a\x1bb.internal"#)])
        #expect(read(Self.answer([], count: 0, flags: [0x83, 0x83]))?.code == 3)
        #expect(read(Self.answer([], count: 0, flags: [0x83, 0x83]))?.isCut == true)
    }

    @Test(arguments: [
        ("a pointer to itself", answer(record(5, [0xC0, 41]))), ("a pointer beyond the end", answer(record(5, [0xC3, 0xFF]))),
        ("a name that is cut", answer(record(1, [1, 2, 3, 4], name: [0xC0]))), ("a query", answer([], count: 0, flags: [1, 0])),
        ("fewer records than are told", answer(record(1, [1, 2, 3, 4]), count: 2)), ("nothing", []),
        ("data beyond the end", Array(answer(record(1, [1, 2, 3, 4])).dropLast())),
        ("another's number", [0x12, 0x35] + answer([], count: 0).dropFirst(2)),
        ("another question", answer([], count: 0).enumerated().map { $0.offset == 14 ? 0x78 : $0.element }),
    ])
    func whatIsNoAnswerIsNone(_ name: String, _ bytes: [UInt8]) {
        let read = DNSMessage.answer(bytes, to: Self.question)
        #expect(read == nil || read?.records.isEmpty == true, "\(name)")
        if !name.hasPrefix("a pointer") { #expect(read == nil, "\(name)") }
    }

    /// Whatever comes, it is read to an end.
    @Test func noAnswerTraps() {
        let whole = Self.answer(Self.record(5, [3, 0x61, 0x62, 0x63, 0xC0, 15]) + Self.record(1, [1, 2, 3, 4]), count: 2)
        for cut in whole.indices { _ = DNSMessage.answer(Array(whole[..<cut]), to: Self.question) }
        for place in whole.indices {
            for byte in [UInt8(0), 0x3F, 0x40, 0xC0, 0xFF] {
                var bytes = whole
                bytes[place] = byte
                _ = DNSMessage.answer(bytes, to: Self.question)
            }
        }
    }

    @Test(arguments: ["", ".", "a..b", String(repeating: "a", count: 64), String(repeating: "ab.", count: 90)])
    func namesThatAreNone(name: String) { #expect(DNSMessage.question(name, .address, number: 1) == nil) }

    @Test func theContainersFilesTellWhom() {
        let resolver = Resolver(
            configuration: "# x\nnameserver 10.0.0.2\nsearch a.test b.test\noptions ndots:2 timeout:1\n",
            hosts: "127.0.0.1 localhost\n10.1.2.3\tdb db.internal # the database\nnonsense db\n::1 DB\n")
        #expect(resolver.servers == ["10.0.0.2"])
        #expect(resolver.candidates("x") == ["x.a.test", "x.b.test", "x"])
        #expect(resolver.candidates("x.y.z") == ["x.y.z", "x.y.z.a.test", "x.y.z.b.test"])
        #expect(resolver.candidates("x.") == ["x."])
        #expect(resolver.listed("db").map(\.value) == ["10.1.2.3", "::1"])
        #expect(resolver.listed("other").isEmpty)
        #expect(Resolver(configuration: "", hosts: "").servers == ["127.0.0.1"])
    }

    @Test func echoMessagesAreMadeAndKnown() {
        let request = EchoMessage.request(0xABCD, 7, isVersion6: false)
        #expect(request.count == 64 && request[0] == 8 && EchoMessage.checksum(request) == 0)
        var answer = request
        answer[0] = 0
        let ours = { (bytes: [UInt8], any: Bool) in
            EchoMessage.answers(bytes[...], request, isVersion6: false, anyNumber: any)
        }
        #expect(ours(answer, false))
        // A request of ours that comes back by the loopback interface is no answer.
        #expect(!ours(request, true))
        answer[4] = 0
        #expect(!ours(answer, false) && ours(answer, true))
        answer[7] = 8
        #expect(!ours(answer, true) && !ours([], true))
        #expect(Array(EchoMessage.body(ofPacket: [0x45] + [UInt8](repeating: 0, count: 19) + [9])) == [9])
        #expect(EchoMessage.body(ofPacket: []).isEmpty)
    }

    private func fetched(_ text: String, isHead: Bool = false, cut: Int? = nil) -> String {
        var answer = FetchedAnswer(isHead: isHead)
        let bytes = Array(text.utf8)
        let parts = cut.map { [bytes[..<$0], bytes[$0...]] } ?? [bytes[...]]
        var body: [UInt8] = []
        do throws(LoopbackFetch.Failure) {
            for part in parts where !answer.isOver { body += try answer.receive(Array(part)) }
            if !answer.isOver { body += try answer.end() }
            return String(decoding: body, as: UTF8.self)
        } catch {
            return "(\(error.status))"
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello more", "hello"), ("HTTP/1.0 200 OK\r\n\r\nhello", "hello"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno", "no"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n", "abc0123456789"),
        ("HTTP/1.1 204 No\r\n\r\nleft", ""), ("HTTP/1.1 200 OK\nContent-Length: 1\n\nx", "x"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "(18)"), ("", "(52)"), ("SSH-2.0-OpenSSH\r\n\r\n", "(1)"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "(56)"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n", "(56)"), ("HTTP/1.1 9 x\r\n\r\n", "(1)"),
    ])
    func answersOfHTTPAreRead(_ text: String, _ body: String) {
        #expect(fetched(text) == body)
        for cut in 0...text.utf8.count { #expect(fetched(text, cut: cut) == body, "cut at \(cut)") }
    }

    @Test func aHeadHasNoBody() {
        var answer = FetchedAnswer(isHead: true)
        #expect(throws: Never.self) { try answer.receive(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n".utf8)) }
        #expect(answer.isOver && answer.head == ["HTTP/1.1 200 OK", "Content-Length: 5", "X: y"])
    }

    @Test(arguments: [
        InsideTool.signal(1), .lookUp("db"), .echo("db", count: 3, seconds: 1),
        .fetch(.init(host: "[::1]", port: 8080, target: "/x?y", flags: "iv", seconds: 10)),
    ])
    func ordersAreReadAsWritten(tool: InsideTool) {
        #expect(InsideTool(words: tool.words) == tool)
        #expect(InsideTool(words: tool.words + ["more"]) == nil)
        #expect(InsideTool(words: Array(tool.words.dropLast())) == nil)
    }

    @Test(arguments: [
        ["signal", "0"], ["signal", "65"], ["signal", "-9"], ["echo", "db", "11", "1"], ["echo", "db", "1", "0"],
        ["fetch", "localhost", "65536", "/", "", "1"], ["fetch", "localhost", "80", "x", "", "1"], ["sh", "-c"], [],
    ])
    func ordersThatAreNone(words: [String]) { #expect(InsideTool(words: words) == nil) }

    /// A signal reaches the container's own first process, which handles it, or nobody is told that it did.
    @Test(arguments: [
        ("NSpid:\t4711\t1\nSigCgt:\t0000000000000001\n", String?.none),
        ("NSpid:\t4711\t1\nSigCgt:\t0000000000000002\n", "tool.signal"), ("NSpid:\t4711\t1\n", "tool.signal"),
        ("NSpid:\t4711\nSigCgt:\t0000000000000001\n", "tool.process"),
        ("NSpid:\t4711\t17\nSigCgt:\t0000000000000001\n", "tool.process"), ("", "tool.process"),
    ])
    func signalsReachTheContainersOwn(status: String, rule: String?) {
        #expect(InsideTool.refusal(ofSignal: 1, to: ProcessStatus(status))?.sentence.rule == rule)
    }
}
