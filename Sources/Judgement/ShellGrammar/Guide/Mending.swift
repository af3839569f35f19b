/// Mends the one fault that a refusal names.
struct Mending {
    let role: Role
    let words: [String]

    /// The words without the fault, or nil when only the verb's example helps.
    func mend(_ refusal: ShellRefusal) -> [String]? {
        guard let verb = role.verb(words[0]) else { return nil }
        let place = place(of: refusal.column)
        switch refusal.reason {
        case .unknownOption:
            return place.flatMap { counting($0, verb) ?? withoutOption($0) }
        case .endOfOptions, .repeatedOption, .argumentFirst, .filter:
            return place.flatMap(withoutOption)
        case .surplusArgument: return place.flatMap { without($0..<$0 + 1) }
        case .joinedFlags(let flag):
            return place.flatMap { replacing($0, words[$0].filter { $0 != flag }) }
        case .joinedValue(let name): return place.flatMap { splitting($0, name) }
        case .missingOption(let name): return adding(name, of: verb)
        case .missingValue(_, let slot), .missingArgument(let slot):
            return slot.isPathlike ? nil : words + [slot.sample]
        case .pathComponent, .pathOutside, .relativePath:
            return place.flatMap { mendPath($0, refusal.reason, verb) }
        case .value(let slot): return place.flatMap { mendValue($0, slot) }
        case .dashedValue, .beyondASCII, .quotedOption, .notFixed, .tooLong, .notUnicode, .control,
            .invisible, .character, .openQuote, .joinedQuotes,
            .expansionInQuotes, .quotedVerb, .verbPath, .assignment, .unknownVerb, .pagerKeys,
            .output, .unwritable, .ownAnswer:
            return nil
        }
    }

    /// The word at a column of the canonical line; never the verb.
    private func place(of column: Int) -> Int? {
        var start = 1
        for (place, word) in words.enumerated() {
            let end = start + (Printing.quoted(word) ?? word).unicodeScalars.count
            if column <= end { return place > 0 ? place : nil }
            start = end + 1
        }
        return nil
    }

    private func without(_ range: Range<Int>) -> [String]? {
        var rest = words
        rest.removeSubrange(range)
        return rest
    }

    private func replacing(_ place: Int, _ word: String...) -> [String]? {
        guard word != [words[place]], word != ["-"] else { return without(place..<place + 1) }
        var all = words
        all.replaceSubrange(place...place, with: word)
        return all
    }

    /// `-200` and `--lines=200` are `-n 200`.
    private func counting(_ place: Int, _ verb: Verb) -> [String]? {
        let digits = words[place].utf8.reversed().prefix {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
        }
        let option = verb.forms.flatMap(\.options).first { $0.name == "-n" }
        guard !digits.isEmpty, option != nil, !words.contains("-n") else { return nil }
        return replacing(place, "-n", String(decoding: digits.reversed(), as: UTF8.self))
    }

    /// Without an option, and without what seems to be its value where the line needs that.
    private func withoutOption(_ place: Int) -> [String]? {
        let following = words[(place + 1)...].prefix { $0.utf8.first != UInt8(ascii: "-") }.count
        for count in 0...min(following, 3) {
            if let rest = without(place..<place + 1 + count), case .accepted = role.outcome(rest) {
                return rest
            }
        }
        // Another fault follows; an absolute path was hardly the option's value.
        let values = words[(place + 1)..<(place + 1 + following)].prefix {
            $0.utf8.first != UInt8(ascii: "/")
        }
        return without(place..<place + 1 + values.count)
    }

    private func splitting(_ place: Int, _ name: String) -> [String]? {
        let value = words[place].dropFirst(name.count).drop { $0 == "=" }
        return value.isEmpty ? without(place..<place + 1) : replacing(place, name, String(value))
    }

    private func adding(_ name: String, of verb: Verb) -> [String]? {
        let options = verb.forms.flatMap(\.options)
        guard let option = options.first(where: { $0.name == name }) else {
            return [words[0], name] + words.dropFirst()
        }
        if option.slot.isPathlike { return nil }
        return [words[0], name, option.slot.sample] + words.dropFirst()
    }

    /// A path without what cannot stand in it; else the verb that may read it.
    private func mendPath(
        _ place: Int, _ reason: ShellRefusal.Reason, _ verb: Verb
    ) -> [String]? {
        let path = words[place]
        switch reason {
        case .pathComponent(".."): return nil
        case .pathComponent:
            let parts = path.split(separator: "/").filter { $0 != "." }
            return replacing(place, "/" + parts.joined(separator: "/"))
        case .relativePath(let trees):
            guard let tree = trees.first, Self.isPlainName(path) else { return nil }
            return replacing(place, tree + "/" + path)
        case .pathOutside(let trees):
            let above = trees.first { path == "/" || PathRule.isBeneath($0, path) }
            return above.flatMap { verb.listsFolders ? replacing(place, $0) : nil }
                ?? otherVerb(for: path)
        default: return nil
        }
    }

    private static func isPlainName(_ path: String) -> Bool {
        guard let first = path.utf8.first, first != UInt8(ascii: ".") else { return false }
        return path.utf8.allSatisfy { byte in
            Characters.isBare(byte) && !":=,+%@".utf8.contains(byte)
        }
    }

    /// `ls /etc/nginx/nginx.conf` where `cat` may not read it.
    private func otherVerb(for path: String) -> [String]? {
        role.verbs.first { $0.takes(path) }.map { [$0.name, path] }
    }

    private func mendValue(_ place: Int, _ slot: Slot) -> [String]? {
        switch slot {
        case .integer(let range):
            let number = Int(words[place].prefix(18)) ?? range.lowerBound
            return replacing(place, String(min(max(number, range.lowerBound), range.upperBound)))
        case .host:
            let lower = words[place].lowercased()
            return lower == words[place] ? nil : replacing(place, lower)
        case .path, .signed, .loopbackURL, .glob, .text, .size, .service, .choice: return nil
        }
    }
}

extension Verb {
    /// True when a line may be the verb and this path.
    fileprivate func takes(_ path: String) -> Bool {
        forms.contains { form in
            guard form.words.isEmpty, form.needs.isEmpty, form.arguments.least < 2,
                case .path(let trees)? = form.arguments.slot(at: 0)
            else { return false }
            return PathRule.contains(path, trees)
        }
    }

    /// True when a folder is what its paths usually name.
    fileprivate var listsFolders: Bool { ["ls", "find", "du"].contains(name) }
}

extension Slot {
    /// True for paths, of which no sample exists for sure.
    var isPathlike: Bool {
        if case .path = self { true } else { false }
    }
}
