/// A Go type, as far as the create request has it, and how a value is read into it.
enum GoType: Sendable {
    case bool
    /// `int`, `int64`, `time.Duration`
    case int
    /// Unsigned numbers of so many bits.
    case unsigned(Int)
    case string
    /// `strslice.StrSlice`: a list of strings or a bare one, read anew each time.
    case stringSlice
    indirect case slice(GoType)
    /// `[2]uint`
    indirect case array(Int, GoType)
    /// Maps from strings.
    indirect case map(GoType)
    indirect case pointer(GoType)
    case structure(GoStruct)
}

/// A Go struct: its fields under the names that `encoding/json` gives them.
struct GoStruct: Sendable {
    /// A field.
    struct Field: Sendable {
        let name: String
        let type: GoType
        let bytes: [UInt8]
        /// The place of the embedded pointer that it is promoted through.
        let embedded: Int?

        init(_ name: String, _ type: GoType, through embedded: Int? = nil) {
            self.name = name
            self.type = type
            self.embedded = embedded
            bytes = Array(name.utf8)
        }

        /// An embedded pointer: it has no name of its own.
        init(embedding name: String, _ type: GoType) {
            self.name = name
            self.type = type
            embedded = nil
            // No text has a name that is no UTF-8.
            bytes = [0xFF]
        }
    }

    let fields: [Field]
    private let exact: [[UInt8]: Int]

    init(_ fields: [Field]) {
        self.fields = fields
        exact = Dictionary(
            fields.enumerated().map { ($1.bytes, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field that a name means: the one so called, or else the first that folds alike.
    func index(of name: [UInt8]) -> Int? {
        exact[name] ?? fields.firstIndex { Self.folds($0.bytes, name) }
    }

    /// `foldFunc`: letters in either case, s also as U+017F and k as U+212A.
    private static func folds(_ field: [UInt8], _ name: [UInt8]) -> Bool {
        var rest = name[...]
        for byte in field {
            guard let first = rest.first else { return false }
            let isLetter = 0x41...0x5A ~= byte & 0xDF
            if first == byte || (isLetter && first & 0xDF == byte & 0xDF) {
                rest = rest.dropFirst()
            } else if byte & 0xDF == UInt8(ascii: "S"), rest.starts(with: "\u{17F}".utf8) {
                rest = rest.dropFirst(2)
            } else if byte & 0xDF == UInt8(ascii: "K"), rest.starts(with: "\u{212A}".utf8) {
                rest = rest.dropFirst(3)
            } else {
                return false
            }
        }
        return rest.isEmpty
    }
}

/// A value in Go's memory.
enum GoValue: Sendable {
    case bool(Bool)
    case int(Int64)
    case unsigned(UInt64)
    case string([UInt8])
    /// What a slice's memory holds, and how much of it counts: shrinking forgets nothing.
    case slice(memory: [GoValue], count: Int)
    case map([[UInt8]: GoValue])
    /// A nil pointer, slice or map.
    case none
    case structure([GoValue])

    /// The zero value of a type.
    init(zero type: GoType) {
        switch type {
        case .bool: self = .bool(false)
        case .int: self = .int(0)
        case .unsigned: self = .unsigned(0)
        case .string: self = .string([])
        case .stringSlice, .slice, .map, .pointer: self = .none
        case .array(let count, let type):
            self = .slice(
                memory: Array(repeating: GoValue(zero: type), count: count), count: count)
        case .structure(let structure):
            self = .structure(structure.fields.map { GoValue(zero: $0.type) })
        }
    }
}
