/// A JSON value read without loss (RFC 8259): numbers keep their spelling, objects their order.
package enum JSONValue: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number as it was spelled.
    case number(JSONNumber)
    /// A string with its escapes undone.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// What the value is, in a word for messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// A number's spelling.
package struct JSONNumber: Hashable, Sendable {
    /// The number as it stood in the text, correct by RFC 8259 §6.
    package let lexeme: String

    init(lexeme: String) {
        self.lexeme = lexeme
    }

    /// Makes a number from an integer.
    package init(_ value: Int64) {
        lexeme = String(value)
    }

    /// The value as Go's `encoding/json` reads it into an int64, or nil where Go refuses: a
    /// fraction, an exponent (`1e9` too) or an overflow.
    package var int64: Int64? {
        Int64(lexeme)
    }

    /// The value as a 64-bit float.
    package var double: Double? {
        Double(lexeme)
    }
}

/// A JSON object: members in the order in which they stood, no name twice.
package struct JSONObject: Hashable, Sendable {
    /// One member.
    package struct Member: Hashable, Sendable {
        /// The member's name, escapes undone.
        package let name: String
        /// Its value.
        package var value: JSONValue

        /// Makes a member.
        package init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The members, in order.
    package private(set) var members: [Member]

    /// Makes an object without members.
    package init() {
        members = []
    }

    /// Makes an object from pairs whose names differ; the caller vouches for that.
    package init(_ pairs: [(String, JSONValue)]) {
        members = pairs.map { Member(name: $0, value: $1) }
    }

    /// Makes an object from members whose names differ; the caller vouches for that.
    package init(distinct members: [Member]) {
        self.members = members
    }

    /// Replaces the value of a member that is known by its place.
    package mutating func replaceValue(at index: Int, with value: JSONValue) {
        members[index].value = value
    }

    /// The value of the member with exactly this name, byte for byte.
    ///
    /// Swift compares strings by canonical equivalence, in which U+212A equals K; names of fields
    /// must not be compared so.
    package subscript(_ name: String) -> JSONValue? {
        get {
            // Members are looked at where they stand: a copy of each would be counted.
            for index in members.indices where Spelling.isSame(members[index].name, name) {
                return members[index].value
            }
            return nil
        }
        set {
            let index = members.firstIndex { Spelling.isSame($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONValue {
    /// True for `null`.
    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The string inside, or nil.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The boolean inside, or nil.
    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer inside, or nil.
    package var int64: Int64? {
        if case .number(let number) = self { number.int64 } else { nil }
    }

    /// The array inside, or nil.
    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The object inside, or nil.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The member of that name when this is an object that has it.
    package subscript(_ name: String) -> JSONValue? {
        object?[name]
    }

    /// An integer as a JSON number.
    package static func integer(_ value: Int64) -> JSONValue {
        .number(JSONNumber(value))
    }
}
