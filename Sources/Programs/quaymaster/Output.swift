import ArgumentParser
import Foundation
import JSON

/// In which form a command says what it did.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}

/// What commands write.
enum Output {
    /// Writes a line to standard error.
    static func error(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Writes an object in JSON, one line.
    static func json(_ members: [(String, JSONValue)]) {
        print(JSONWriter.text(.object(JSONObject(members))))
    }

    /// Writes rows as columns of equal width.
    static func table(_ header: [String], _ rows: [[String]]) {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        for row in all {
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            print(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
        }
    }
}

/// `--format`, which every command has.
struct FormatOption: ParsableArguments {
    @Option(help: "How the result is written: text or json.")
    var format: OutputFormat = .text
}

/// `--config`, where a command finds its configuration.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The configuration directory that `quaymaster init` made. "
                + "Without it: $QUAYMASTER_CONFIG, else /etc/quaymaster.",
            valueName: "dir"))
    var config: String?

    /// The directory.
    var directory: URL {
        let path =
            config ?? ProcessInfo.processInfo.environment["QUAYMASTER_CONFIG"]
            ?? "/etc/quaymaster"
        return URL(fileURLWithPath: path, isDirectory: true)
    }
}
