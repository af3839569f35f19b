import AgentMessages
import JSON
import Testing

@Suite struct MessageTests {
    private static let id = String(repeating: "0123456789abcdef", count: 4)

    private static let ids: [(String, Bool)] = [
        (id, true), (String(id.dropLast()), false), (id + "0", false), (id.uppercased(), false),
        ("../" + String(id.dropLast(3)), false), (String(id.dropLast()) + "/", false), ("", false),
    ]

    @Test(arguments: ids)
    func knowsIds(text: String, isOne: Bool) {
        #expect((ContainerID(text) != nil) == isOne)
    }

    private static func container() throws -> ContainerID {
        try #require(ContainerID(id))
    }

    @Test func requestsAreReadAsTheyWereWritten() throws {
        let container = try Self.container()
        let size = try #require(TerminalSize(rows: 24, columns: 80))
        let requests: [Request] = [
            .run(try RunRequest(container: container, role: "ops", words: ["nginx", "-t"])),
            .run(
                try RunRequest(
                    container: container, role: "viewer", words: ["cat", "/var/log/ä b"],
                    terminal: size, start: 1 << 40, pin: Self.id)),
            .describe(container), .resize(size), .close,
        ]
        for request in requests + LineSignal.allCases.map({ .signal($0) }) {
            #expect(try Request(request.frame) == request)
        }
    }

    @Test func repliesAreReadAsTheyWereWritten() throws {
        let replies: [Reply] = [
            .started(Started(way: .program, start: 7, user: 1000, group: 4_294_967_295)),
            .started(Started(way: .outside, start: 0, user: 0, group: 0)),
            .output([0, 255, 10]), .errors([]), .notice(Sentence("limit.output", "cut")),
            .refused(Sentence("verb.shell", "a \"quoted\" word")),
            .facts(ContainerFacts(start: 9, user: 1, group: 2)),
        ]
        let ends = Ended.Cause.allCases.map {
            Reply.ended(Ended(status: 137, cause: $0, dropped: 1 << 33))
        }
        for reply in replies + ends { #expect(try Reply(reply.frame) == reply) }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let isTaken: Bool
    }

    private static let rows: [Row] = {
        func row(_ name: String, _ text: String, _ isTaken: Bool = false) -> Row {
            Row(testDescription: name, text: text, isTaken: isTaken)
        }
        let head = #""container":"\#(id)","role":"ops""#
        return [
            row("the least", "{\(head),\"argv\":[\"nginx\"]}", true),
            row("a process of the host", "{\(head),\"argv\":[\"nginx\"],\"pid\":1}"),
            row("capabilities", "{\(head),\"argv\":[\"nginx\"],\"capabilities\":[]}"),
            row("no word", "{\(head),\"argv\":[]}"),
            row("an empty verb", "{\(head),\"argv\":[\"\"]}"),
            row("a line in the place of words", "{\(head),\"argv\":\"nginx -t\"}"),
            row("a word that is a number", "{\(head),\"argv\":[\"nginx\",1]}"),
            row("a word twice", "{\(head),\"argv\":[\"a\"],\"argv\":[\"b\"]}"),
            row("U+0000", "{\(head),\"argv\":[\"a\\u0000b\"]}"),
            row("too many words", "{\(head),\"argv\":[\(String(repeating: "\"a\",", count: 64))\"a\"]}"),
            row("too long words", "{\(head),\"argv\":[\"\(String(repeating: "a", count: 4097))\"]}"),
            row("a short id", "{\"container\":\"abc\",\"role\":\"ops\",\"argv\":[\"a\"]}"),
            row("a role with a path", "{\"container\":\"\(id)\",\"role\":\"../x\",\"argv\":[\"a\"]}"),
            row("a start", "{\(head),\"argv\":[\"a\"],\"start\":5}", true),
            row("a start below zero", "{\(head),\"argv\":[\"a\"],\"start\":-5}"),
            row("a pin that is none", "{\(head),\"argv\":[\"a\"],\"pin\":\"beef\"}"),
            row("a terminal", "{\(head),\"argv\":[\"a\"],\"terminal\":{\"rows\":1,\"columns\":4096}}", true),
            row("a terminal without rows", "{\(head),\"argv\":[\"a\"],\"terminal\":{\"columns\":80}}"),
            row("a terminal too large", "{\(head),\"argv\":[\"a\"],\"terminal\":{\"rows\":1,\"columns\":4097}}"),
            row("no object", "[]"), row("nothing", ""),
        ]
    }()

    @Test(arguments: rows) func linesAreClosed(row: Row) throws {
        let frame = Frame(.run, Array(row.text.utf8))
        if row.isTaken {
            _ = try Request(frame)
        } else {
            #expect(throws: MessageFailure.self) { try Request(frame) }
        }
    }

    @Test func othersMessagesAreRefused() throws {
        #expect(throws: MessageFailure.self) { try Request(Frame(.output)) }
        #expect(throws: MessageFailure.self) { try Reply(Frame(.close)) }
        #expect(throws: MessageFailure.self) { try Request(Frame(.close, [1])) }
        #expect(throws: MessageFailure.self) {
            try Request(Frame(.signal, Array(#"{"signal":"stop"}"#.utf8)))
        }
        #expect(throws: MessageFailure.self) {
            try Reply(Frame(.ended, Array(#"{"status":256,"cause":"done","dropped":0}"#.utf8)))
        }
    }
}
