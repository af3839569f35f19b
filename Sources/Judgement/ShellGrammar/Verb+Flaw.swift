extension Verb {
    /// The first thing that makes the verb dangerous or senseless; nil for a sound one.
    ///
    /// A program of the container is somebody else's code with somebody else's options: it gets no free
    /// text, and one that is known to start programs or write files is written in whole fixed lines only.
    var flaw: VerbFlaw? {
        problem.map { VerbFlaw(verb: name, problem: $0) }
    }

    private var problem: VerbFlaw.Problem? {
        if !Self.isName(name) { return .name }
        if forms.isEmpty { return .noForm }
        if answer == .program, let problem = programProblem { return problem }
        for form in forms {
            if let problem = form.problem { return problem }
        }
        let role = Role("", "", [self])
        for example in examples {
            guard case .accepted = role.judge(example) else { return .example(example) }
        }
        return nil
    }

    private static func isName(_ name: String) -> Bool {
        guard 1...32 ~= name.utf8.count, let first = name.utf8.first,
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= first
        else { return false }
        return name.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "._-".utf8.contains(byte)
        }
    }

    private var programProblem: VerbFlaw.Problem? {
        switch EscapeKind(of: name) {
        case .shell: return .escape(.shell)
        case .runner: return .escape(.runner)
        case .interpreter:
            if !forms.allSatisfy(\.isFixed) { return .freeEscape }
            // Without a word it is a prompt.
            if forms.contains(where: \.words.isEmpty) { return .escape(.interpreter) }
        case .escape:
            if !forms.allSatisfy(\.isFixed) { return .freeEscape }
        case nil: break
        }
        for form in forms {
            if form.slots.contains(where: \.isFree) { return .freeText }
            if !form.filters.isEmpty { return .filters }
        }
        return nil
    }
}

extension Form {
    /// Every slot of the form.
    var slots: [Slot] {
        options.map(\.slot) + arguments.leading + (arguments.rest.map { [$0] } ?? [])
    }

    /// What makes the form senseless; nil for a sound one.
    var problem: VerbFlaw.Problem? {
        tokenProblem ?? argumentProblem ?? slots.lazy.compactMap(\.problem).first
    }

    private var tokenProblem: VerbFlaw.Problem? {
        if let word = words.first(where: { !Self.isFixedWord($0) }) { return .token(word) }
        var seen: Set<String> = []
        for flag in flags {
            guard flag.isASCII, flag.isLetter || flag.isNumber else { return .token(String(flag)) }
            guard seen.insert("-\(flag)").inserted else { return .repeated("-\(flag)") }
        }
        for name in options.flatMap(\.names) {
            guard Self.isOption(name) else { return .token(name) }
            guard seen.insert(name).inserted else { return .repeated(name) }
            // `-ab` as an option would read as the joined flags a and b.
            if name.utf8.count > 2, name.dropFirst().allSatisfy(flags.contains) {
                return .token(name)
            }
        }
        if options.contains(where: \.names.isEmpty) { return .token("") }
        let known = options.map(\.name) + flags.map { "-\($0)" }
        return needs.first { !known.contains($0) }.map { .unknownNeed($0) }
    }

    /// True for what can be typed: bare where it reads as an option, which is never quoted.
    private static func isFixedWord(_ word: String) -> Bool {
        let bytes = word.utf8
        guard !bytes.isEmpty, bytes.allSatisfy(Characters.isPrintable) else { return false }
        return bytes.first == UInt8(ascii: "-")
            ? bytes.allSatisfy(Characters.isBare) && word != "--" : Printing.quoted(word) != nil
    }

    private static func isOption(_ name: String) -> Bool {
        let bytes = name.utf8
        guard bytes.count > 1, bytes.first == UInt8(ascii: "-"), name != "--" else { return false }
        return bytes.allSatisfy { Characters.isBare($0) && $0 != UInt8(ascii: "=") }
    }

    private var argumentProblem: VerbFlaw.Problem? {
        let (least, most) = (arguments.least, arguments.most)
        let places = arguments.rest == nil ? arguments.leading.count : Int.max
        guard 0...most ~= least, most >= arguments.leading.count, most <= places, most <= 64 else {
            return .empty("a count of arguments")
        }
        return nil
    }
}

extension Slot {
    /// What makes the slot senseless or dangerous; nil for a sound one.
    var problem: VerbFlaw.Problem? {
        switch self {
        case .path(let trees):
            if trees.isEmpty { return .empty("a path without trees") }
            return trees.lazy.compactMap(Self.problem(ofTree:)).first
        case .integer(let range), .signed(let range):
            return range.lowerBound < 0 ? .empty("a range below 0") : nil
        case .choice(let words):
            if words.isEmpty { return .empty("a list of choices") }
            return words.first { word in
                word.isEmpty || !word.utf8.allSatisfy(Characters.isBare)
                    || word.utf8.first == UInt8(ascii: "-")
            }.map { .token($0) }
        case .host, .loopbackURL, .glob, .text, .size, .service: return nil
        }
    }

    private static func problem(ofTree tree: String) -> VerbFlaw.Problem? {
        guard tree.utf8.first == UInt8(ascii: "/"), tree.utf8.allSatisfy(Characters.isPrintable),
            tree == "/" || PathRule.faultyComponent(of: tree) == nil
        else { return .tree(tree) }
        if tree == "/" { return .forbiddenTree(tree, of: "everything") }
        return PathRule.forbidden.first { secret in
            PathRule.isBeneath(tree, secret) || PathRule.isBeneath(secret, tree)
        }.map { .forbiddenTree(tree, of: $0) }
    }
}
