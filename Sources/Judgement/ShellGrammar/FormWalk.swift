/// Goes over the words of a line behind the verb and the form's fixed words, one by one.
///
/// The judge and the completion go the same way: what the next word may be is known at each step.
struct FormWalk {
    private let form: Form
    private(set) var flags = ""
    private(set) var options: [AcceptedLine.Option] = []
    private(set) var arguments: [Value] = []
    private(set) var filters: [Filter] = []
    /// The option whose value is due, as it was spelled.
    private(set) var pending: (option: ValueOption, spelling: String)?
    /// True when `match` was read and its text is due.
    private(set) var awaitsMatchText = false
    private var hasFilters = false

    init(_ form: Form) {
        self.form = form
    }

    /// Takes the next word.
    mutating func take(_ word: Word) throws(ShellRefusal) {
        if let (option, _) = pending {
            let value = try option.slot.value(of: word)
            options.append(.init(name: option.name, value: value))
            pending = nil
        } else if awaitsMatchText {
            guard case .text(let text) = try Slot.text.value(of: word) else { return }
            filters.append(.match(text))
            awaitsMatchText = false
        } else if !word.isQuoted, let kind = openFilters.first(where: { word.says($0.rawValue) }) {
            takeFilter(kind)
        } else if hasFilters {
            throw ShellRefusal(at: word.column, .filter)
        } else if word.isDashed {
            try takeOption(word)
        } else {
            try takeArgument(word)
        }
    }

    /// Ends the line.
    ///
    /// - Parameter end: The column behind the last word.
    /// - Throws: `ShellRefusal` for what is missing.
    func end(at end: Int) throws(ShellRefusal) {
        if let (option, spelling) = pending {
            throw ShellRefusal(at: end, .missingValue(spelling, option.slot))
        }
        if awaitsMatchText { throw ShellRefusal(at: end, .missingValue("match", .text)) }
        if let name = missingNeed { throw ShellRefusal(at: end, .missingOption(name)) }
        if let slot = missingArgument {
            throw ShellRefusal(at: end, .missingArgument(slot))
        }
    }

    /// The slot of an argument that must still come.
    var missingArgument: Slot? {
        arguments.count < form.arguments.least ? argumentSlot : nil
    }

    /// The slot of the next argument; nil when none may come.
    var argumentSlot: Slot? {
        if hasFilters || form.argumentsFirst && !options.isEmpty { return nil }
        return form.arguments.slot(at: arguments.count)
    }

    /// Options that may still come.
    var openOptions: [ValueOption] {
        guard takesOptions else { return [] }
        return form.options.filter { option in !options.contains { $0.name == option.name } }
    }

    /// Flags that may still come; a repeated one says nothing.
    var openFlags: String {
        takesOptions ? form.flags.filter { !flags.contains($0) } : ""
    }

    /// Filters that may come now.
    var openFilters: [FilterKind] {
        guard pending == nil, !awaitsMatchText, missingArgument == nil, missingNeed == nil else {
            return []
        }
        let order = FilterKind.allCases
        let last = filters.last.flatMap { order.firstIndex(of: $0.kind) } ?? -1
        return form.filters.filter { (order.firstIndex(of: $0) ?? 0) > last }
    }

    private var takesOptions: Bool {
        !hasFilters && !(form.argumentsFirst && missingArgument != nil)
    }

    private var missingNeed: String? {
        form.needs.first { name in
            !options.contains { $0.name == name } && !flags.contains { "-\($0)" == name }
        }
    }

    private mutating func takeFilter(_ kind: FilterKind) {
        hasFilters = true
        switch kind {
        case .match: awaitsMatchText = true
        case .sort: filters.append(.sort)
        case .count: filters.append(.count)
        }
    }

    private mutating func takeOption(_ word: Word) throws(ShellRefusal) {
        if word.isQuoted { throw ShellRefusal(at: word.column, .quotedOption) }
        if word.text == "--" { throw ShellRefusal(at: word.column, .endOfOptions) }
        if let option = form.options.first(where: { $0.names.contains(word.text) }) {
            try judgeOrder(word)
            guard !options.contains(where: { $0.name == option.name }) else {
                throw ShellRefusal(at: word.column, .repeatedOption(word.text))
            }
            pending = (option, word.text)
            return
        }
        try judgeFlags(word)
        try judgeOrder(word)
        flags += word.text.dropFirst().filter { !flags.contains($0) }
    }

    private func judgeOrder(_ word: Word) throws(ShellRefusal) {
        if form.argumentsFirst, let slot = missingArgument {
            throw ShellRefusal(at: word.column, .argumentFirst(slot))
        }
    }

    private func judgeFlags(_ word: Word) throws(ShellRefusal) {
        let letters = word.text.dropFirst()
        if !letters.isEmpty, letters.allSatisfy(form.flags.contains) { return }
        // The value may follow an `=`, and may be a secret: it is not told.
        let name = String(word.text.prefix { $0 != "=" })
        let options = form.options.flatMap(\.names)
        if let option = options.first(where: { Self.isJoined(word.text, to: $0) }) {
            throw ShellRefusal(at: word.column, .joinedValue(option))
        }
        if letters.count > 1, letters.first != "-", letters.contains(where: form.flags.contains),
            let place = letters.firstIndex(where: { !form.flags.contains($0) })
        {
            let offset = word.text.distance(from: word.text.startIndex, to: place)
            throw ShellRefusal(at: word.column(at: offset), .joinedFlags(letters[place]))
        }
        throw ShellRefusal(at: word.column, .unknownOption(name))
    }

    /// `-n5`, `-n=5`, `--max-time=5`
    private static func isJoined(_ text: String, to option: String) -> Bool {
        guard text.utf8.starts(with: option.utf8) else { return false }
        let next = text.utf8.dropFirst(option.utf8.count).first
        return option.utf8.starts(with: "--".utf8)
            ? next == UInt8(ascii: "=") : option.utf8.count == 2
    }

    private mutating func takeArgument(_ word: Word) throws(ShellRefusal) {
        guard let slot = argumentSlot else {
            let most = form.arguments.most
            throw ShellRefusal(
                at: word.column, form.isFixed ? .notFixed : .surplusArgument(most: most))
        }
        arguments.append(try slot.value(of: word))
    }
}

extension Filter {
    /// What kind of filter it is.
    package var kind: FilterKind {
        switch self {
        case .match: .match
        case .sort: .sort
        case .count: .count
        }
    }
}
