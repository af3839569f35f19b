import JSON

/// Filters of a list or of events, matched as engines do (moby, api/types/filters).
struct FilterArguments: Sendable {
    private let filters: JSONObject

    /// Reads filters in canonical form; nil when some have no value, which engines read in many ways.
    init?(_ text: String) {
        guard !text.isEmpty else {
            filters = JSONObject()
            return
        }
        guard let object = ParameterValue.json(text)?.object,
            object.members.allSatisfy({ $0.value.object?.members.isEmpty == false }),
            // They are looked up by their names.
            object.members.allSatisfy({ $0.name.utf8.allSatisfy { $0 < 0x80 } })
        else { return nil }
        filters = object
    }

    /// What is filtered by.
    var keys: Set<String> { Set(filters.members.map(\.name)) }

    /// The values of a filter; empty when it is not given.
    subscript(_ key: String) -> [String] {
        filters[key]?.object?.members.map(\.name) ?? []
    }

    /// True when a filter is given.
    func contains(_ key: String) -> Bool { filters[key] != nil }

    /// True when a text is one of a filter's values, or there is no such filter.
    func isExactly(_ key: String, _ text: String) -> Bool {
        !contains(key) || self[key].contains { Spelling.isSame($0, text) }
    }

    /// True when a text begins with one of a filter's values, or there is no such filter.
    func isBeginning(_ key: String, of text: String) -> Bool {
        !contains(key) || self[key].contains { text.utf8.starts(with: $0.utf8) }
    }

    /// True when all of a filter's `NAME` and `NAME=VALUE` are among these pairs, or there is no such
    /// filter.
    func matchesPairs(_ key: String, _ pairs: JSONObject) -> Bool {
        self[key].allSatisfy { wanted in
            guard let equals = wanted.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                return pairs[wanted] != nil
            }
            let value = pairs[String(wanted[..<equals])]?.string
            return value.map { Spelling.isSame($0, String(wanted[wanted.index(after: equals)...])) }
                ?? false
        }
    }
}
