package import AgentMessages
import JSON

/// What a client of the guarded shell says: one JSON object a line, with exactly one member.
package enum ShellCommand: Hashable, Sendable {
    /// Judge a line and run it: `{"line": "ls /var/log"}`. Bytes that are no Unicode come as U+FFFD,
    /// which no line holds.
    case line(String)
    /// Complete what stands before the cursor: `{"complete": "tail -n 20 /v"}`.
    case complete(String)
    /// End what runs, gently at first: `{"interrupt": true}`.
    case interrupt
    /// The terminal has another size: `{"resize": {"rows": 24, "columns": 80}}`.
    case resize(TerminalSize)
    /// Leave: `{"end": true}`.
    case end

    /// The most bytes of a message: a line has 1024 at most, each of which JSON may say in six.
    package static let mostBytes = 16 << 10

    /// Why a message is not understood.
    package struct Failure: Error, Hashable, Sendable {
        /// One sentence.
        package let words: String
    }

    /// Reads a message.
    ///
    /// - Parameter bytes: One line, without its end.
    /// - Throws: `Failure`.
    package init(_ bytes: [UInt8]) throws(Failure) {
        let object: JSONObject
        do {
            guard let read = try JSONReader.answer(bytes).object else {
                throw Failure(words: "a message is a JSON object")
            }
            object = read
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(words: "a message is one line of JSON")
        }
        guard object.members.count == 1, let member = object.members.first else {
            throw Failure(words: "a message says exactly one thing")
        }
        switch (member.name, member.value) {
        case ("line", .string(let text)): self = .line(text)
        case ("complete", .string(let text)): self = .complete(text)
        case ("interrupt", .bool(true)): self = .interrupt
        case ("end", .bool(true)): self = .end
        case ("resize", let value):
            guard let rows = value["rows"]?.natural, let columns = value["columns"]?.natural,
                value.object?.members.count == 2,
                let size = TerminalSize(rows: rows, columns: columns)
            else { throw Failure(words: "a terminal has 1 to 4096 rows and columns") }
            self = .resize(size)
        default:
            throw Failure(
                words: "a message is line, complete, interrupt, resize or end, as the manual says")
        }
    }

    /// The message as it is sent, its line end included.
    package var bytes: [UInt8] {
        let member: (String, JSONValue) =
            switch self {
            case .line(let text): ("line", .string(text))
            case .complete(let text): ("complete", .string(text))
            case .interrupt: ("interrupt", .bool(true))
            case .end: ("end", .bool(true))
            case .resize(let size):
                (
                    "resize",
                    .object(
                        JSONObject([
                            ("rows", .integer(Int64(size.rows))),
                            ("columns", .integer(Int64(size.columns))),
                        ]))
                )
            }
        return JSONWriter.bytes(.object(JSONObject([member]))) + [0x0A]
    }
}
