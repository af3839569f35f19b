import JSON

/// A list of what the gateway tells of the guarded shell: sessions, what waits, recordings.
enum ShellList {
    /// One thing of it, safe to be shown on a terminal.
    struct Row {
        /// As the gateway says it.
        let value: JSONValue

        /// A text of it; "" where there is none.
        func text(_ name: String) -> String { ShellPrinting.safe(value[name]?.string ?? "") }

        /// Texts of it.
        func texts(_ name: String) -> [String] {
            (value[name]?.array ?? []).compactMap(\.string).map(ShellPrinting.safe)
        }

        /// When it began, in seconds.
        var started: String { String(text("started").prefix(19)) }

        /// Whose it is: `alice@red`.
        var who: String {
            text("identity") + (text("tenant").isEmpty ? "" : "@" + text("tenant"))
        }
    }

    /// Prints a list: for programs a line for each, for people a table.
    ///
    /// - Parameters:
    ///   - values: What the gateway says.
    ///   - format: For whom.
    ///   - titles: The table's.
    ///   - cells: A row of it.
    static func print(
        _ values: [JSONValue], as format: OutputFormat, _ titles: [String],
        _ cells: (Row) -> [String]
    ) {
        switch format {
        case .json: for value in values { Swift.print(JSONWriter.text(value)) }
        case .text: Output.table(titles, values.map { cells(Row(value: $0)) })
        }
    }
}
