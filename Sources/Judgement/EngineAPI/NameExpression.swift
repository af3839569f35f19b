/// A regular expression as engines read it in `name` filters (Go's `regexp`, RE2), matched in time linear
/// in the name: nobody makes the gateway think by a pattern.
///
/// Understood are characters, `.`, classes, `\d \w \s`, groups, `|`, `* + ?` and counts, and `^ $`. Flags,
/// named classes, `\b` and whatever else Go knows are not.
struct NameExpression: Hashable, Sendable {
    /// A step of the machine.
    private enum Step: Hashable {
        /// One byte out of these, then the next step.
        case bytes(ByteSet)
        /// Both of these steps.
        case split(Int, Int)
        /// Another step.
        case jump(Int)
        /// The name's beginning or its end.
        case start, end
        /// The name is one.
        case match
    }

    /// The most steps; the states that are followed at once are no more.
    private static let mostSteps = 400
    /// The longest expression.
    private static let mostBytes = 512

    private let steps: [Step]

    /// Reads an expression; nil when it is not understood or grows too large.
    init?(_ text: String) {
        guard text.utf8.count <= Self.mostBytes else { return nil }
        var parser = Parser(rest: Array(text.utf8)[...])
        var writer = Writer()
        guard let tree = parser.alternatives(depth: 0), parser.rest.isEmpty, writer.add(tree)
        else { return nil }
        steps = writer.steps + [.match]
    }

    /// How much work a byte of a name is at most, in steps.
    var cost: Int { steps.count }

    /// True when the expression is found anywhere in a name.
    func isFound(in name: [UInt8]) -> Bool {
        var current: [Int] = []
        var seen = [Int](repeating: -1, count: steps.count)
        for index in 0...name.count {
            // It may begin at every place.
            if follow(0, at: index, of: name.count, &current, &seen) { return true }
            guard index < name.count else { break }
            let threads = current
            current = []
            for thread in threads {
                guard case .bytes(let set) = steps[thread], set.contains(name[index]) else {
                    continue
                }
                if follow(thread + 1, at: index + 1, of: name.count, &current, &seen) {
                    return true
                }
            }
        }
        return false
    }

    /// Adds the byte steps that can be reached without reading; true when the end can.
    private func follow(
        _ first: Int, at index: Int, of count: Int, _ threads: inout [Int], _ seen: inout [Int]
    ) -> Bool {
        var waiting = [first]
        while let step = waiting.popLast() {
            if seen[step] == index { continue }
            seen[step] = index
            switch steps[step] {
            case .match: return true
            case .bytes: threads.append(step)
            case .jump(let next): waiting.append(next)
            case .split(let one, let other): waiting += [other, one]
            case .start: if index == 0 { waiting.append(step + 1) }
            case .end: if index == count { waiting.append(step + 1) }
            }
        }
        return false
    }

    /// Writes a tree as steps.
    private struct Writer {
        var steps: [Step] = []
        private var visits = 0

        /// Adds a tree's steps; false when it is too much.
        mutating func add(_ tree: Tree) -> Bool {
            // Empty groups that are repeated add no steps, and take time all the same.
            visits += 1
            guard visits < NameExpression.mostSteps else { return false }
            switch tree {
            case .bytes(let set): steps.append(.bytes(set))
            case .start: steps.append(.start)
            case .end: steps.append(.end)
            case .sequence(let parts): return parts.allSatisfy { add($0) }
            case .either(let one, let other):
                let fork = steps.count
                steps.append(.match)
                guard add(one) else { return false }
                let jump = steps.count
                steps.append(.match)
                steps[fork] = .split(fork + 1, steps.count)
                guard add(other) else { return false }
                steps[jump] = .jump(steps.count)
            case .repeated(let part, let least, let most):
                for _ in 0..<least { guard add(part) else { return false } }
                guard let most else {
                    let fork = steps.count
                    steps.append(.match)
                    guard add(part) else { return false }
                    steps.append(.jump(fork))
                    steps[fork] = .split(fork + 1, steps.count)
                    return true
                }
                var forks: [Int] = []
                for _ in least..<most {
                    forks.append(steps.count)
                    steps.append(.match)
                    guard add(part) else { return false }
                }
                for fork in forks { steps[fork] = .split(fork + 1, steps.count) }
            }
            return true
        }
    }

    /// A set of bytes.
    struct ByteSet: Hashable {
        private var words: [UInt64] = [0, 0, 0, 0]

        init(_ ranges: ClosedRange<UInt8>...) {
            for range in ranges { insert(range) }
        }

        mutating func insert(_ range: ClosedRange<UInt8>) {
            for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        }

        mutating func formUnion(_ other: ByteSet) {
            for place in words.indices { words[place] |= other.words[place] }
        }

        mutating func invert() {
            for place in words.indices { words[place] = ~words[place] }
        }

        func contains(_ byte: UInt8) -> Bool {
            words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
        }
    }

    /// What an expression says.
    indirect enum Tree {
        case bytes(ByteSet)
        case start, end
        case sequence([Tree])
        case either(Tree, Tree)
        case repeated(Tree, least: Int, most: Int?)
    }
}
