import Glibc
import ShellGrammar

/// What a question from outside writes: bytes as they are, or lines on which the line's filters work.
///
/// Filters see lines without their secrets: what is found or counted would tell of them otherwise.
struct Answer: ~Copyable {
    private enum Filter {
        case match([UInt8])
        case sort
        case count
    }

    /// The most bytes that are written, and that are kept to be sorted.
    static let mostBytes = 64 << 20
    private static let mostSorted = 8 << 20
    /// The longest line on which filters work; a longer one is cut into several.
    private static let longestLine = 1 << 20

    private let filters: [Filter]
    private let descriptor: Int32
    /// nil when bytes pass as they are, and the gateway masks them.
    private var mask: MaskStream?
    private var buffer: [UInt8] = []
    private var line: [UInt8] = []
    private var kept: [[UInt8]] = []
    private var keptBytes = 0
    private var counted = 0
    private var written = 0
    /// The exit status.
    var status: UInt8 = 0

    /// Begins an answer.
    ///
    /// - Parameters:
    ///   - filters: What is done with its lines.
    ///   - masks: Whether secrets are left out even when no filter sees them.
    ///   - descriptor: Where it is written.
    init(_ filters: [[String]], masks: Bool = false, to descriptor: Int32 = 1) {
        self.descriptor = descriptor
        if masks || !filters.isEmpty { mask = MaskStream() }
        self.filters = filters.compactMap { words in
            switch words.first {
            case "match" where words.count == 2: .match(Array(words[1].utf8))
            case "sort": .sort
            case "count": .count
            default: nil
            }
        }
    }

    /// Writes a text and ends the line.
    mutating func say(_ text: String) throws {
        try write(Array(text.utf8) + [0x0A])
    }

    /// Writes bytes.
    mutating func write(_ bytes: [UInt8]) throws {
        try pass(mask?.takeLines(bytes[...]) ?? bytes)
    }

    private mutating func pass(_ bytes: [UInt8]) throws {
        if filters.isEmpty { return try put(bytes) }
        for byte in bytes {
            if byte != 0x0A { line.append(byte) }
            if byte == 0x0A || line.count == Self.longestLine { try endLine() }
        }
    }

    /// Says on standard error what could not be answered; the status tells it too.
    mutating func complain(_ text: String) throws {
        try flush()
        Bytes.write(Array((text + "\n").utf8), to: 2)
        status = 1
    }

    /// Writes out what is kept.
    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        guard Bytes.write(buffer, to: descriptor) else {
            throw Refusal("look.closed", "nobody reads the answer")
        }
    }

    /// Ends the answer.
    mutating func finish() throws {
        try pass(mask?.takeLines([], isEnd: true) ?? [])
        if !line.isEmpty { try endLine() }
        if sorts { kept.sort { $0.lexicographicallyPrecedes($1) } }
        if counts {
            try put(Array("\(sorts ? kept.count : counted)\n".utf8))
        } else {
            for line in kept { try put(line + [0x0A]) }
        }
        try flush()
    }

    private var sorts: Bool { filters.contains { if case .sort = $0 { true } else { false } } }
    private var counts: Bool { filters.contains { if case .count = $0 { true } else { false } } }

    private mutating func endLine() throws {
        defer { line.removeAll(keepingCapacity: true) }
        for case .match(let text) in filters where !LinePattern.holds(line[...], text) { return }
        if sorts {
            keptBytes += line.count + 32
            guard keptBytes <= Self.mostSorted else {
                throw Refusal("look.sort", "there is more to sort than 8 MiB; match less")
            }
            kept.append(line)
        } else if counts {
            counted += 1
        } else {
            try put(line + [0x0A])
        }
    }

    private mutating func put(_ bytes: [UInt8]) throws {
        written += bytes.count
        guard written <= Self.mostBytes else {
            throw Refusal("look.long", "the answer is longer than 64 MiB")
        }
        buffer.append(contentsOf: bytes)
        if buffer.count >= 32_768 { try flush() }
    }
}

/// Texts of hostile names and numbers as they are shown.
enum Shown {
    /// A name on one line: control bytes, which could end it or hide another, in hexadecimal.
    static func name(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        let digits = Array("0123456789abcdef".utf8)
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") {
                text += [0x5C, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                text.append(byte)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// An amount of bytes with a unit: `1.5M`.
    static func size(_ bytes: UInt64) -> String {
        // Tenths of a size of 2 EiB are more than 64 bits hold.
        var (value, unit) = (UInt128(bytes) * 10, 0)
        while value >= 10_240, unit < 6 {
            value = (value + 1023) / 1024
            unit += 1
        }
        guard unit > 0 else { return "\(bytes)" }
        let letter = ["", "K", "M", "G", "T", "P", "E"][unit]
        return value < 100 ? "\(value / 10).\(value % 10)\(letter)" : "\((value + 9) / 10)\(letter)"
    }

    /// A moment in UTC: `2026-01-31 12:05`.
    static func time(_ seconds: Int, withSeconds: Bool = false) -> String {
        var (time, parts) = (time_t(seconds), tm())
        gmtime_r(&time, &parts)
        let date =
            "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min))"
        return withSeconds ? date + ":\(two(parts.tm_sec))" : date
    }

    /// A text filled up on the left.
    static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    /// A text filled up on the right.
    static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
