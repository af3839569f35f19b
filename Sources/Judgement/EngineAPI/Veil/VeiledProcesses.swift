import JSON

/// A table of processes (`docker top`) without their commands.
enum VeiledProcesses {
    /// The answer without every column from the first command on: engines cut lines at spaces, so the
    /// words of a command fill the columns behind it.
    static func hide(_ answer: JSONValue) -> JSONValue {
        guard var object = answer.object, let titles = object["Titles"]?.array,
            let rows = object["Processes"]?.array
        else { return .object(JSONObject()) }
        guard let first = titles.firstIndex(where: isCommand) else { return answer }
        object["Processes"] = .array(
            rows.map { row in
                .array(
                    (row.array ?? []).enumerated().map { index, cell in
                        index < first ? cell : VeiledFields.placeholder
                    })
            })
        return .object(object)
    }

    private static func isCommand(_ title: JSONValue) -> Bool {
        ["CMD", "COMMAND", "COMM", "ARGS"].contains(title.string?.uppercased() ?? "CMD")
    }
}
