import AgentMessages
import Glibc
import ShellGrammar

/// `match` and `grep`: lines that hold a text, or that a pattern fits. Secrets are left out first: which
/// lines are found, and how many, would tell of them otherwise.
struct LineSearch {
    private let look: Look

    init(_ look: Look) {
        self.look = look
    }

    func answer(_ tree: borrowing SafeTree, _ answer: inout Answer) throws {
        guard let text = look.arguments.first else { return }
        let pattern = try LinePattern(
            text, isLiteral: look.verb == "match" || look.has("F"), isExtended: look.has("E"),
            isFolded: look.has("i"))
        let paths = look.arguments.dropFirst()
        var found = false
        for path in paths {
            do {
                let file = try tree.open(path)
                let name = paths.count > 1 ? Shown.name(file.path.utf8) : nil
                if try search(file, name, pattern, &answer) { found = true }
            } catch let refusal as Refusal {
                if refusal.sentence.rule == "look.closed" { throw refusal }
                try answer.complain("\(look.verb): \(refusal.sentence.text)")
            }
        }
        if !found, answer.status == 0 { answer.status = 1 }
    }

    private func search(
        _ file: borrowing SafeTree.File, _ name: String?, _ pattern: LinePattern,
        _ answer: inout Answer
    ) throws -> Bool {
        let (most, before, after) = (
            look.number("-m") ?? Int.max, look.number("-B") ?? 0, look.number("-A") ?? 0
        )
        let tellsNames = look.has("l")
        let isQuiet = look.has("c") || tellsNames
        var (number, found, following) = (0, 0, 0)
        var earlier: [(Int, [UInt8])] = []
        var mask = MaskStream()
        try file.text().lines { bytes in
            let line = mask.take(bytes, isEnd: bytes.count < FileText.longestLine)
            number += 1
            guard pattern.fits(line[...]) != look.has("v") else {
                if following > 0 {
                    following -= 1
                    try show(line, number, "-", name, &answer)
                } else if before > 0, !isQuiet {
                    earlier.append((number, line))
                    if earlier.count > before { earlier.removeFirst() }
                }
                return found < most || following > 0
            }
            // What was asked for is there; only what follows it is still shown.
            guard found < most else { return false }
            found += 1
            guard !isQuiet else { return !tellsNames && found < most }
            for (place, text) in earlier { try show(text, place, "-", name, &answer) }
            earlier.removeAll()
            following = after
            try show(line, number, ":", name, &answer)
            return found < most || following > 0
        }
        if tellsNames {
            if found > 0 { try answer.say(Shown.name(file.path.utf8)) }
        } else if look.has("c") {
            try answer.say((name.map { $0 + ":" } ?? "") + String(found))
        }
        return found > 0
    }

    private func show(
        _ line: [UInt8], _ number: Int, _ mark: String, _ name: String?, _ answer: inout Answer
    ) throws {
        var head = name.map { $0 + mark } ?? ""
        if look.has("n") { head += "\(number)\(mark)" }
        try answer.write(Array(head.utf8) + line + [0x0A])
    }
}
