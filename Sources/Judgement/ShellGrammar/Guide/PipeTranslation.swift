/// Says with filters, or with another verb, what a pipe was to do.
struct PipeTranslation {
    let role: Role
    let draft: Draft

    /// Lines, as words, that may say it; the judge has the last word.
    var candidates: [[String]] {
        guard !draft.piped.isEmpty else { return [] }
        var all: [[String]] = []
        if let filters { all.append(draft.words + filters) }
        if let search { all += search }
        if let ends { all.append(ends) }
        return all
    }

    /// `| grep x | sort | wc -l`
    private var filters: [String]? {
        var words: [String] = []
        for command in draft.piped {
            switch command.first {
            case "grep", "egrep", "fgrep", "rg":
                guard let text = Self.plain(command).first else { return nil }
                words += ["match", text]
            case "wc": words.append("count")
            case "sort": words.append("sort")
            case "less", "more", "cat", "most": continue
            default: return nil
            }
        }
        return words
    }

    /// `cat FILE | grep x` is `grep x FILE`.
    private var search: [[String]]? {
        guard let command = draft.piped.first, command.first == "grep",
            let text = Self.plain(command).first
        else { return nil }
        let files = Self.plain(draft.words)
        return ["grep", "match"].map { [$0, text] + files }
    }

    /// `cat FILE | tail -n 5` is `tail -n 5 FILE`; `cat FILE | wc -l` is `wc -l FILE`.
    private var ends: [String]? {
        guard let command = draft.piped.first, ["head", "tail", "wc"].contains(command.first)
        else { return nil }
        return command + Self.plain(draft.words)
    }

    /// A command's words that are neither its name nor options.
    private static func plain(_ command: [String]) -> [String] {
        command.dropFirst().filter { $0.utf8.first != UInt8(ascii: "-") }
    }
}
