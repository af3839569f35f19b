/// Reads a text into Go's memory as `json.Unmarshal` does (go1.19, `decode.go`: `object`, `array`,
/// `literalStore`).
struct GoReader {
    /// True once a value did not fit its type: Go reads on, and returns an error in the end.
    private(set) var hasFailed = false
    /// True: reads -0 as an unsigned number, which Go does not.
    var takesMinusZero = false

    mutating func read(_ text: GoText, _ type: GoType, into value: inout GoValue) {
        switch (type, text) {
        case (.pointer, .null), (.slice, .null), (.map, .null), (.stringSlice, .null):
            value = .none
        // On everything else null changes nothing.
        case (_, .null): break
        case (.pointer(let inner), _):
            var target = value
            if case .none = target { target = GoValue(zero: inner) }
            value = .none
            read(text, inner, into: &target)
            value = target
        case (.bool, .bool(let new)): value = .bool(new)
        case (.string, .string(let new)): value = .string(new)
        case (.int, .number(let lexeme)):
            guard let new = Int64(String(decoding: lexeme, as: UTF8.self)) else { return fail() }
            value = .int(new)
        case (.unsigned(let bits), .number(let lexeme)):
            // strconv.ParseUint takes no sign, not even that of zero.
            let isNegative = lexeme.first == UInt8(ascii: "-")
            guard !isNegative || (takesMinusZero && lexeme.count == 2),
                let new = UInt64(String(decoding: lexeme.drop { $0 == 0x2D }, as: UTF8.self)),
                bits == 64 || new >> UInt64(bits) == 0
            else { return fail() }
            value = .unsigned(new)
        case (.stringSlice, _): readStrings(text, into: &value)
        case (.slice(let element), .list(let texts)): readSlice(texts, element, into: &value)
        case (.array(let count, let element), .list(let texts)):
            readArray(texts, count, element, into: &value)
        case (.map(let element), .object(let members)): readMap(members, element, into: &value)
        case (.structure(let structure), .object(let members)):
            readStructure(members, structure, into: &value)
        default: fail()
        }
    }

    private mutating func fail() {
        hasFailed = true
    }

    /// `StrSlice.UnmarshalJSON`: a list of strings into a new slice, or one string.
    private mutating func readStrings(_ text: GoText, into value: inout GoValue) {
        if case .string = text {
            var element = GoValue(zero: .string)
            read(text, .string, into: &element)
            value = .slice(memory: [element], count: 1)
            return
        }
        var made = GoValue.none
        read(text, .slice(.string), into: &made)
        value = made
    }

    /// Elements are read into what the memory holds at their place, also behind the slice's end.
    private mutating func readSlice(
        _ texts: [GoText], _ element: GoType, into value: inout GoValue
    ) {
        var memory: [GoValue] = []
        if case .slice(let old, _) = value { memory = old }
        if texts.isEmpty { memory = [] }
        for (index, text) in texts.enumerated() {
            if index == memory.count { memory.append(GoValue(zero: element)) }
            read(text, element, into: &memory[index])
        }
        value = .slice(memory: memory, count: texts.count)
    }

    /// What is too much is not even looked at; what is missing becomes zero.
    private mutating func readArray(
        _ texts: [GoText], _ count: Int, _ element: GoType, into value: inout GoValue
    ) {
        guard case .slice(var memory, _) = value else { return fail() }
        for (index, text) in texts.prefix(count).enumerated() {
            read(text, element, into: &memory[index])
        }
        for index in memory.indices.dropFirst(texts.count) { memory[index] = GoValue(zero: element) }
        value = .slice(memory: memory, count: count)
    }

    /// Keys are added to the map that is there; each value is read anew.
    private mutating func readMap(
        _ members: [(name: [UInt8], value: GoText)], _ element: GoType, into value: inout GoValue
    ) {
        var entries: [[UInt8]: GoValue] = [:]
        if case .map(let old) = value { entries = old }
        value = .none
        for member in members {
            var made = GoValue(zero: element)
            read(member.value, element, into: &made)
            entries[member.name] = made
        }
        value = .map(entries)
    }

    private mutating func readStructure(
        _ members: [(name: [UInt8], value: GoText)], _ structure: GoStruct,
        into value: inout GoValue
    ) {
        guard case .structure(var fields) = value else { return fail() }
        value = .none
        for member in members {
            // A name that no field has is passed over, whatever it holds.
            guard let index = structure.index(of: member.name) else { continue }
            let field = structure.fields[index]
            if let embedded = field.embedded {
                // A promoted field, even a null one, makes the struct that it is promoted from.
                read(
                    .object([(field.bytes, member.value)]), structure.fields[embedded].type,
                    into: &fields[embedded])
            } else {
                read(member.value, field.type, into: &fields[index])
            }
        }
        value = .structure(fields)
    }
}
