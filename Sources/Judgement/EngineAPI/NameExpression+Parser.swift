extension NameExpression {
    /// Reads an expression, by recursive descent; every method gives nil for what is not understood.
    struct Parser {
        var rest: ArraySlice<UInt8>

        private static let mostDepth = 32
        /// The most repetitions that a count may ask for (Go allows 1000).
        private static let mostCount = 100

        init(rest: ArraySlice<UInt8>) {
            self.rest = rest
        }

        /// Sequences between `|`.
        mutating func alternatives(depth: Int) -> Tree? {
            guard depth < Self.mostDepth, var tree = sequence(depth: depth) else { return nil }
            while take("|") {
                guard let other = sequence(depth: depth) else { return nil }
                tree = .either(tree, other)
            }
            return tree
        }

        private mutating func sequence(depth: Int) -> Tree? {
            var parts: [Tree] = []
            while let next = rest.first, next != UInt8(ascii: "|"), next != UInt8(ascii: ")") {
                guard let part = atom(depth: depth), let whole = quantified(part) else {
                    return nil
                }
                parts.append(whole)
            }
            return .sequence(parts)
        }

        private mutating func atom(depth: Int) -> Tree? {
            guard let byte = rest.popFirst() else { return nil }
            switch byte {
            case UInt8(ascii: "^"): return .start
            case UInt8(ascii: "$"): return .end
            case UInt8(ascii: "."): return .bytes(Self.anything)
            case UInt8(ascii: "["): return set().map { .bytes($0) }
            case UInt8(ascii: "("):
                if take("?") { guard take(":") else { return nil } }
                guard let group = alternatives(depth: depth + 1), take(")") else { return nil }
                return group
            case UInt8(ascii: "\\"): return escaped().map { .bytes($0) }
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                return nil
            // Beyond ASCII a character is several bytes, and no name has one.
            case 0x20...0x7E: return .bytes(ByteSet(byte...byte))
            default: return nil
            }
        }

        /// What stands behind a part: how often it comes.
        private mutating func quantified(_ part: Tree) -> Tree? {
            let counts: (Int, Int?)
            switch rest.first {
            case UInt8(ascii: "*"): counts = (0, nil)
            case UInt8(ascii: "+"): counts = (1, nil)
            case UInt8(ascii: "?"): counts = (0, 1)
            case UInt8(ascii: "{"):
                guard let counts = braces() else { return nil }
                return end(.repeated(part, least: counts.0, most: counts.1))
            default: return part
            }
            rest = rest.dropFirst()
            return end(.repeated(part, least: counts.0, most: counts.1))
        }

        /// A `?` makes it reluctant, which finds the same names; a second quantifier is none.
        private mutating func end(_ tree: Tree) -> Tree? {
            _ = take("?")
            switch rest.first {
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                return nil
            default: return tree
            }
        }

        /// `{2}`, `{2,}`, `{2,4}`
        private mutating func braces() -> (Int, Int?)? {
            guard take("{"), let least = number() else { return nil }
            if take("}") { return (least, least) }
            guard take(",") else { return nil }
            if take("}") { return (least, nil) }
            guard let most = number(), most >= least, take("}") else { return nil }
            return (least, most)
        }

        private mutating func number() -> Int? {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard (1...3).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            return number <= Self.mostCount ? number : nil
        }

        /// Behind `[`.
        private mutating func set() -> ByteSet? {
            var set = ByteSet()
            let isInverted = take("^")
            var isFirst = true
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "]"), !isFirst {
                    if isInverted { set.invert() }
                    return set
                }
                isFirst = false
                guard let low = member(byte) else { return nil }
                guard rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]")
                else {
                    set.formUnion(low.set)
                    continue
                }
                rest = rest.dropFirst()
                guard let first = low.byte, let next = rest.popFirst(),
                    let last = member(next)?.byte, first <= last
                else { return nil }
                set.insert(first...last)
            }
            return nil
        }

        /// One member of a set: a byte, or a class that is escaped.
        private mutating func member(_ byte: UInt8) -> (set: ByteSet, byte: UInt8?)? {
            switch byte {
            case UInt8(ascii: "\\"):
                let next = rest.first
                guard let set = escaped() else { return nil }
                return (set, next.flatMap { Self.isPunctuation($0) ? $0 : nil })
            // A named class; Go takes a lone bracket as itself.
            case UInt8(ascii: "[") where rest.first == UInt8(ascii: ":"): return nil
            case 0x20...0x7E: return (ByteSet(byte...byte), byte)
            default: return nil
            }
        }

        /// Behind a backslash.
        private mutating func escaped() -> ByteSet? {
            guard let byte = rest.popFirst() else { return nil }
            let lower = byte | 0x20
            var set: ByteSet
            switch lower {
            case UInt8(ascii: "d"): set = ByteSet(0x30...0x39)
            case UInt8(ascii: "w"):
                set = ByteSet(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
            case UInt8(ascii: "s"): set = ByteSet(0x09...0x0A, 0x0C...0x0D, 0x20...0x20)
            default: return Self.isPunctuation(byte) ? ByteSet(byte...byte) : nil
            }
            if byte != lower { set.invert() }
            return set
        }

        private static func isPunctuation(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
            default: false
            }
        }

        /// Any character but the end of a line.
        private static let anything: ByteSet = {
            var set = ByteSet(0x0A...0x0A)
            set.invert()
            return set
        }()

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard let byte = rest.first, byte == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }
    }
}
