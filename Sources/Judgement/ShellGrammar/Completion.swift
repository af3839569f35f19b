/// What may stand where a person is typing. It comes of the grammar alone; nothing is run.
package struct Completion: Hashable, Sendable {
    /// One word that may stand here.
    package struct Candidate: Hashable, Sendable {
        /// The word as it is typed, quoted where it must be.
        package let text: String
        /// What it is for; empty when the word says so itself.
        package let summary: String
        /// True when the word is whole; false for a tree, in which more may follow.
        package let isWhole: Bool
    }

    /// Names in the container that would help: whoever can read the folder supplies them.
    package struct Listing: Hashable, Sendable {
        /// The folder, absolute and without a slash at its end.
        package let directory: String
        /// How the names begin.
        package let prefix: String

        /// Makes a listing.
        package init(directory: String, prefix: String) {
            self.directory = directory
            self.prefix = prefix
        }
    }

    /// Where the word begins that is completed: in Unicode scalars of the line, from 1.
    package let column: Int
    /// Words that may stand there, none twice.
    package private(set) var candidates: [Candidate] = []
    /// The folder whose names may stand there; nil when no path may.
    package private(set) var listing: Listing?
    /// What is expected where no word can be offered: `a number from 1 to 1000`.
    package private(set) var expected: [String] = []

    /// Completes a line.
    ///
    /// - Parameters:
    ///   - line: What stands before the cursor.
    ///   - role: Whose verbs there are.
    package init(_ line: [UInt8], in role: Role) {
        let (head, tail) = Self.cut(line)
        column = 1 + head.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        guard line.count <= LineReader.maximumBytes, tail.allSatisfy(Characters.isPrintable),
            case .success(let words) = Self.words(head)
        else { return }
        let isQuoted = tail.first.map(Self.isQuote) ?? false
        let prefix = String(decoding: isQuoted ? tail.dropFirst() : tail, as: UTF8.self)
        if words.isEmpty {
            guard !isQuoted else { return }
            for verb in role.verbs { offer(verb.name, verb.summary, prefix) }
            for (word, summary) in SessionLine.words { offer(word, summary, prefix) }
            return
        }
        guard !words[0].isQuoted, let verb = role.verb(words[0].text) else { return }
        for form in verb.forms {
            complete(form, behind: words.dropFirst(), prefix, isQuoted: isQuoted)
        }
    }

    /// The line up to the word under the cursor, and that word with the quote that it begins with.
    private static func cut(_ line: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        var start = 0
        var quote: UInt8?
        for (index, byte) in line.enumerated() {
            if let open = quote {
                if byte == open { quote = nil }
            } else if isQuote(byte) {
                quote = byte
            } else if byte == UInt8(ascii: " ") {
                start = index + 1
            }
        }
        return (line[..<start], line[start...])
    }

    private static func words(_ head: ArraySlice<UInt8>) -> Result<[Word], ShellRefusal> {
        do throws(ShellRefusal) {
            return .success(try LineReader.words(of: Array(head)))
        } catch {
            return .failure(error)
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"")
    }

    private mutating func offer(
        _ text: String, _ summary: String, _ prefix: String, isWhole: Bool = true
    ) {
        guard text.hasPrefix(prefix), let typed = Printing.quoted(text) else { return }
        if !candidates.contains(where: { $0.text == typed }) {
            candidates.append(Candidate(text: typed, summary: summary, isWhole: isWhole))
        }
    }

    private mutating func complete(
        _ form: Form, behind words: ArraySlice<Word>, _ prefix: String, isQuoted: Bool
    ) {
        let fixed = zip(form.words, words).prefix { $0 == $1.text }.count
        guard fixed == min(form.words.count, words.count) else { return }
        if fixed < form.words.count {
            if !isQuoted { offer(form.words[fixed], "", prefix) }
            return
        }
        var walk = FormWalk(form)
        do throws(ShellRefusal) {
            for word in words.dropFirst(fixed) { try walk.take(word) }
        } catch { return }
        if let (option, _) = walk.pending {
            fill(option.slot, prefix)
        } else if walk.awaitsMatchText {
            fill(.text, prefix)
        } else {
            if !isQuoted { offerWords(walk, prefix) }
            if let slot = walk.argumentSlot, isQuoted || prefix.utf8.first != UInt8(ascii: "-") {
                fill(slot, prefix)
            }
        }
    }

    private mutating func offerWords(_ walk: FormWalk, _ prefix: String) {
        for flag in walk.openFlags { offer("-\(flag)", "", prefix) }
        for option in walk.openOptions {
            for name in option.names { offer(name, option.slot.meaning, prefix) }
        }
        for filter in walk.openFilters { offer(filter.rawValue, filter.usage, prefix) }
    }

    private mutating func fill(_ slot: Slot, _ prefix: String) {
        switch slot {
        case .choice(let words):
            for word in words { offer(word, "", prefix) }
        case .path(let trees):
            for tree in trees { offer(tree, "", prefix, isWhole: false) }
            list(prefix, trees)
        case .integer, .signed, .host, .loopbackURL, .glob, .text, .size, .service:
            if !expected.contains(slot.meaning) { expected.append(slot.meaning) }
        }
    }

    /// The folder that a path is in, when it lies in a tree and has no faulty component.
    private mutating func list(_ path: String, _ trees: [String]) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
        let folder = String(path[..<slash])
        guard PathRule.contains(folder, trees), PathRule.faultyComponent(of: folder) == nil else {
            return
        }
        listing = Listing(
            directory: folder, prefix: String(path[path.utf8.index(after: slash)...]))
    }
}
