/// Reads gzip files (RFC 1952) of hostile making: every read is bounded, and memory is one window.
struct Gunzip: ~Copyable {
    private var text: FileText
    private var piece: [UInt8] = []
    private var place = 0
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var window = [UInt8](repeating: 0, count: 32_768)
    private var filled = 0
    private var output: [UInt8] = []

    private static let broken = Refusal("look.gzip", "it is no sound gzip file")

    private init(_ text: consuming FileText) {
        self.text = text
    }

    /// Hands on what a file holds, piece by piece.
    ///
    /// - Throws: `Refusal` for whatever is no gzip file, and what `body` throws.
    static func decompress(
        _ text: consuming FileText, _ body: ([UInt8]) throws -> Void
    ) throws {
        var reader = Gunzip(text)
        var isFirst = true
        while try reader.header(isFirst: isFirst) {
            isFirst = false
            reader.filled = 0
            var isLast = false
            while !isLast {
                isLast = try reader.bits(1) == 1
                switch try reader.bits(2) {
                case 0: try reader.stored(body)
                case 1: try reader.block(.fixedLiterals, .fixedDistances, body)
                case 2:
                    let (literals, distances) = try reader.dynamicCodes()
                    try reader.block(literals, distances, body)
                default: throw broken
                }
            }
            (reader.bits, reader.bitCount) = (0, 0)
            // Check sum and length; what was shown is shown already.
            for _ in 0..<8 { _ = try reader.byte() }
        }
        try body(reader.output)
    }

    private mutating func header(isFirst: Bool) throws -> Bool {
        guard let first = try next() else {
            if isFirst { throw Self.broken }
            return false
        }
        // Zeros may follow the last member.
        guard first == 0x1F, try next() == 0x8B, try next() == 8 else {
            if isFirst { throw Self.broken }
            return false
        }
        let flags = try byte()
        for _ in 0..<6 { _ = try byte() }
        if flags & 4 != 0 {
            let count = Int(try byte()) | Int(try byte()) << 8
            for _ in 0..<count { _ = try byte() }
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            while try byte() != 0 {}
        }
        if flags & 2 != 0 { for _ in 0..<2 { _ = try byte() } }
        return true
    }

    private mutating func next() throws -> UInt8? {
        if place == piece.count {
            guard let more = try text.some() else { return nil }
            (piece, place) = (more, 0)
        }
        place += 1
        return piece[place - 1]
    }

    private mutating func byte() throws -> UInt8 {
        guard let byte = try next() else { throw Self.broken }
        return byte
    }

    private mutating func bits(_ count: UInt32) throws -> Int {
        while bitCount < count {
            bits |= UInt32(try byte()) << bitCount
            bitCount += 8
        }
        let value = bits & (1 << count - 1)
        bits >>= count
        bitCount -= count
        return Int(value)
    }

    private mutating func stored(_ body: ([UInt8]) throws -> Void) throws {
        (bits, bitCount) = (0, 0)
        let count = Int(try byte()) | Int(try byte()) << 8
        let inverse = Int(try byte()) | Int(try byte()) << 8
        guard count ^ inverse == 0xFFFF else { throw Self.broken }
        for _ in 0..<count { try put(try byte(), body) }
    }

    private mutating func put(_ byte: UInt8, _ body: ([UInt8]) throws -> Void) throws {
        window[filled & 32_767] = byte
        filled += 1
        output.append(byte)
        if output.count == 32_768 {
            try body(output)
            output.removeAll(keepingCapacity: true)
        }
    }

    private mutating func symbol(_ code: HuffmanCode) throws -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1..<16 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Self.broken
    }

    private mutating func block(
        _ literals: HuffmanCode, _ distances: HuffmanCode, _ body: ([UInt8]) throws -> Void
    ) throws {
        while true {
            let found = try symbol(literals)
            if found < 256 {
                try put(UInt8(found), body)
                continue
            }
            if found == 256 { return }
            guard found <= 285 else { throw Self.broken }
            let (base, extra) = HuffmanCode.lengths[found - 257]
            let length = base + (try bits(extra))
            let code = try symbol(distances)
            guard code < 30 else { throw Self.broken }
            let (start, more) = HuffmanCode.distances[code]
            let distance = start + (try bits(more))
            guard distance <= filled, distance <= 32_768 else { throw Self.broken }
            for _ in 0..<length { try put(window[(filled - distance) & 32_767], body) }
        }
    }

    private mutating func dynamicCodes() throws -> (HuffmanCode, HuffmanCode) {
        let literals = try bits(5) + 257
        let distances = try bits(5) + 1
        let count = try bits(4) + 4
        guard literals <= 286, distances <= 30 else { throw Self.broken }
        var lengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for index in 0..<count { lengths[order[index]] = try bits(3) }
        guard let code = HuffmanCode(lengths) else { throw Self.broken }
        var all: [Int] = []
        while all.count < literals + distances {
            let found = try symbol(code)
            switch found {
            case 16:
                guard let last = all.last else { throw Self.broken }
                all += repeatElement(last, count: 3 + (try bits(2)))
            case 17: all += repeatElement(0, count: 3 + (try bits(3)))
            case 18: all += repeatElement(0, count: 11 + (try bits(7)))
            default: all.append(found)
            }
        }
        guard all.count == literals + distances, all[256] > 0,
            let first = HuffmanCode(Array(all[..<literals])),
            let second = HuffmanCode(Array(all[literals...]))
        else { throw Self.broken }
        return (first, second)
    }
}

/// A code of RFC 1951 §3.2.2: how many symbols have each length, and the symbols in their order.
struct HuffmanCode {
    let counts: [Int]
    let symbols: [Int]

    /// Makes a code of lengths; nil when there are more codes than fit.
    init?(_ lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1..<16 {
            left = left << 1 - counts[length]
            guard left >= 0 else { return nil }
        }
        self.init(counts, lengths)
    }

    private init(_ counts: [Int], _ lengths: [Int]) {
        self.counts = counts
        symbols = (1..<16).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    }

    private static func fixed(_ lengths: [Int]) -> HuffmanCode {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths { counts[length] += 1 }
        return HuffmanCode(counts, lengths)
    }

    /// RFC 1951 §3.2.6.
    static let fixedLiterals = fixed(
        Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
            + Array(repeating: 7, count: 24) + Array(repeating: 8, count: 8))
    static let fixedDistances = fixed(Array(repeating: 5, count: 30))

    /// Lengths and their extra bits from code 257 on (RFC 1951 §3.2.5).
    static let lengths: [(Int, UInt32)] = [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1),
        (17, 1), (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4),
        (83, 4), (99, 4), (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
    ]

    /// Distances and their extra bits.
    static let distances: [(Int, UInt32)] = [
        (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4),
        (49, 4), (65, 5), (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8),
        (1025, 9), (1537, 9), (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12),
        (12_289, 12), (16_385, 13), (24_577, 13),
    ]
}
