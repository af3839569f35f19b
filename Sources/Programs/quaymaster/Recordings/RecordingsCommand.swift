import ArgumentParser
import Foundation
import GuardedShell
import JSON
import ShellGrammar

/// `quaymaster recordings`
struct RecordingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recordings",
        abstract: "Shows what was done in the guarded shell.",
        discussion: """
            On the gateway's host with --config or --state, where root sees all recordings; from \
            elsewhere through the gateway, which is found as docker finds it, and shows what your \
            grants allow: review for everybody's in a tenant, recall for your own. Each look stands \
            in the record.
            """,
        subcommands: [List.self, Play.self, Export.self, Search.self])

    /// `quaymaster recordings list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists recordings, the newest first, a thousand at most.")

        @OptionGroup var filter: RecordingFilter
        @OptionGroup var recordings: RecordingOption
        @OptionGroup var output: FormatOption

        func run() async throws {
            let all = try await recordings.source().list(filter.wish())
            ShellList.print(
                all, as: output.format,
                [
                    "STARTED", "ID", "WHO", "CONTAINER", "ROLES", "LINES", "LENGTH", "BYTES",
                    "ENDED", "REASON",
                ]
            ) { recording in
                let (value, ended) = (recording.value, recording.text("ended"))
                return [
                    recording.started, recording.text("id"), recording.who, recording.text("name"),
                    recording.texts("roles").joined(separator: ","),
                    value["lines"]?.int64.map(String.init) ?? "-",
                    value["microseconds"]?.int64.map { "\($0 / 1_000_000)s" } ?? "-",
                    "\(value["bytes"]?.int64 ?? 0)", ended.isEmpty ? "-" : ended,
                    recording.text("reason"),
                ]
            }
        }
    }

    /// `quaymaster recordings search`
    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds a text in the lines that were typed and in what was shown.",
            discussion: "Ends with 1 when it stands nowhere. A thousand places are shown at most.")

        @Argument(help: "The text; capital and small letters are alike.")
        var text: String

        @OptionGroup var filter: RecordingFilter
        @OptionGroup var recordings: RecordingOption
        @OptionGroup var output: FormatOption

        func run() async throws {
            guard !text.isEmpty else {
                throw CommandError("an empty text stands everywhere", code: 2)
            }
            let hits = try await recordings.source().search(filter.wish(text))
            for hit in hits {
                if output.format == .json {
                    print(JSONWriter.text(hit))
                    continue
                }
                func text(_ name: String) -> String { ShellPrinting.safe(hit[name]?.string ?? "") }
                let place = "\(text("id"))  \(text("identity")) in \(text("name"))"
                let mark = hit["typed"]?.bool == true ? ">" : " "
                print("\(place), line \(hit["line"]?.int64 ?? 0) \(mark) \(text("text"))")
            }
            if hits.isEmpty { throw ExitCode(1) }
        }
    }

    /// `quaymaster recordings export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes a recording out: asciicast v3, or plain text.")

        @Argument(help: "The session's id.")
        var id: String

        @Flag(help: "Lines and output as text, without colours.")
        var text = false

        @Option(name: .customLong("out"), help: "A file that does not exist; else standard output.")
        var out: String?

        @OptionGroup var recordings: RecordingOption
        @OptionGroup var output: FormatOption

        func run() async throws {
            if text, output.format == .json {
                throw CommandError("--text is no JSON", hint: "leave one of them out", code: 2)
            }
            let source = try recordings.source()
            var handle: FileHandle?
            func write(_ data: Data) throws {
                if handle == nil { handle = try file() }
                try handle?.write(contentsOf: data)
            }
            var lines = CastLines()
            var showing = CastShowing(.plain)
            try await source.read(id, "export") { piece in
                guard text else { return try write(piece) }
                for event in lines.receive(piece) {
                    try write(Data(showing.show(event).utf8))
                }
            }
            try handle?.synchronize(unless: out == nil)
        }

        private func file() throws -> FileHandle {
            guard let out else { return .standardOutput }
            let descriptor = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw CommandError(
                    "cannot write \(out): \(String(cString: strerror(errno)))",
                    hint: "--out names a file that does not exist", code: 2)
            }
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        }
    }

    /// `quaymaster recordings play`
    struct Play: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Plays a recording on the terminal.",
            discussion: """
                What is shown is made safe for the terminal once more. In JSON every event is a line, \
                without waiting.
                """)

        @Argument(help: "The session's id.")
        var id: String

        @Option(help: "How many times as fast: 0.1 to 1000.")
        var speed = 1.0

        @Option(help: "The most seconds that nothing happens.")
        var idle = 2.0

        @Option(help: "Begins with this line.")
        var line: Int64 = 0

        @Flag(help: "Shows all at once.")
        var noWait = false

        @OptionGroup var recordings: RecordingOption
        @OptionGroup var output: FormatOption

        func run() async throws {
            guard 0.1...1000 ~= speed, 0...86_400 ~= idle else {
                throw CommandError(
                    "the speed is 0.1 to 1000, and the idle time 0 to 86400 seconds", code: 2)
            }
            var lines = CastLines()
            var events: [CastEvent] = []
            try await recordings.source().read(id, "play") { events += lines.receive($0) }
            if let start = events.firstIndex(where: { $0.line?.number ?? 0 >= line }), line > 0 {
                events.removeFirst(start)
            } else if line > 0 {
                throw CommandError("the recording has no line \(line)", code: 1)
            }
            if output.format == .json {
                for event in events { print(JSONWriter.text(event.value)) }
                return
            }
            var showing = CastShowing(.colour)
            for event in events {
                let wait = min(Double(event.interval) / 1_000_000, idle) / speed
                if !noWait, wait > 0 { try await Task.sleep(for: .seconds(wait)) }
                FileHandle.standardOutput.write(Data(showing.show(event).utf8))
            }
        }
    }
}

extension FileHandle {
    fileprivate func synchronize(unless isStream: Bool) throws {
        if !isStream { try synchronize() }
    }
}
