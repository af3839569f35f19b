import Acts
import JSON

/// A query, checked against its operation's parameters.
///
/// Every parameter is known, none stands twice unless it may, every value is decoded once and
/// written anew in one spelling, so that Go's form parsing can read it in one way only.
package struct Query: Hashable, Sendable {
    /// One parameter's values.
    package struct Entry: Hashable, Sendable {
        /// The parameter.
        package let parameter: Parameter
        /// Its values, decoded and canonical.
        package var values: [String]
    }

    /// The parameters that are given, in the catalogue's order.
    package private(set) var entries: [Entry]

    /// Reads a query.
    init(_ text: Substring, for operation: Operation) throws(TargetFailure) {
        var entries: [Entry] = []
        // Most requests have no query.
        guard !text.isEmpty else {
            self.entries = entries
            return
        }
        var given = [[String]](repeating: [], count: operation.parameters.count)
        var unknown: [String] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = try PercentCoding.decode(parts[0])
            // Swift's == would take U+212A for K; the names of parameters are ASCII.
            guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
                throw .parameter(Name.shown(name), "is none of \(operation.name)")
            }
            let value = parts.count > 1 ? try PercentCoding.decode(parts[1]) : ""
            let number = operation.parameters.firstIndex { Spelling.isSame($0.name, name) }
            if let number {
                given[number].append(value)
            } else if !operation.isRepeated(inQuery: name) {
                unknown.append(name)
            }
        }
        for (parameter, values) in zip(operation.parameters, given) where !values.isEmpty {
            guard values.count == 1 || parameter.repeats else {
                throw .parameter(parameter.name, "stands twice")
            }
            if let entry = try Self.entry(parameter, values) { entries.append(entry) }
        }
        if let unknown = unknown.min() {
            let known = operation.parameters.map(\.name).joined(separator: ", ")
            throw .parameter(
                Name.shown(unknown),
                "is none of \(operation.name); it has \(known.isEmpty ? "no parameters" : known)")
        }
        self.entries = entries
    }

    private static func entry(
        _ parameter: Parameter, _ values: [String]
    ) throws(TargetFailure) -> Entry? {
        var canonical: [String] = []
        for value in values {
            guard let text = ParameterValue.canonical(value, parameter.kind) else {
                throw .parameter(
                    parameter.name,
                    "has a value that is not accepted; it takes \(parameter.kind.words)")
            }
            guard parameter.treatment != .judge || parameter.isFree || PlainText.isPlain(text)
            else {
                throw .parameter(parameter.name, "holds a character beyond printable ASCII")
            }
            canonical.append(text)
        }
        switch parameter.treatment {
        case .pass, .judge: return Entry(parameter: parameter, values: canonical)
        case .drop: return nil
        case .refuse(let reason):
            guard canonical.allSatisfy({ $0.isEmpty || $0 == "0" }) else {
                throw .parameter(parameter.name, "is refused: it \(reason)")
            }
            return nil
        }
    }

    /// The values of a parameter; empty when it is not given.
    package subscript(_ name: String) -> [String] {
        entries.first { $0.parameter.name == name }?.values ?? []
    }

    /// The only value of a parameter, or "".
    package func value(_ name: String) -> String {
        self[name].first ?? ""
    }

    /// Sets a parameter of an operation to one value.
    mutating func set(_ name: String, _ value: String, of operation: Operation) {
        set(name, values: [value], of: operation)
    }

    /// Sets a parameter of an operation to these values.
    mutating func set(_ name: String, values: [String], of operation: Operation) {
        guard let parameter = operation.parameters.first(where: { $0.name == name }) else { return }
        entries.removeAll { $0.parameter == parameter }
        entries.append(Entry(parameter: parameter, values: values))
    }

    /// Adds a value to a parameter of an operation.
    mutating func add(_ name: String, _ value: String, of operation: Operation) {
        set(name, values: self[name] + [value], of: operation)
    }

    /// Replaces the only value of a parameter.
    mutating func replace(_ name: String, _ value: String) {
        guard let index = entries.firstIndex(where: { $0.parameter.name == name }) else { return }
        entries[index].values = [value]
    }

    /// Takes a parameter out.
    mutating func remove(_ name: String) {
        entries.removeAll { $0.parameter.name == name }
    }

    /// The query in canonical form, without its question mark.
    package var canonical: String {
        var pairs: [String] = []
        for entry in entries {
            for value in entry.values {
                pairs.append(entry.parameter.name + "=" + PercentCoding.encode(value))
            }
        }
        return pairs.joined(separator: "&")
    }

    /// Narrows the operation's filters by a label, and-ed with whatever the client asked for. An
    /// operation without filters is left alone: its answer is narrowed.
    package mutating func narrow(toLabel label: String, of operation: Operation) {
        narrow("label", to: label, of: operation)
    }

    /// Narrows the operation's filters by what no object may carry.
    mutating func narrow(withoutLabel label: String, of operation: Operation) {
        narrow("label!", to: label, of: operation)
    }

    private mutating func narrow(_ filter: String, to label: String, of operation: Operation) {
        guard operation.parameters.contains(.filters) else { return }
        let index = entries.firstIndex { $0.parameter.kind == .filters }
        var filters = JSONObject()
        if let index, let text = entries[index].values.first {
            filters = ParameterValue.json(text)?.object ?? filters
        }
        var labels = filters[filter]?.object ?? JSONObject()
        labels[label] = .bool(true)
        filters[filter] = .object(labels)
        let value = JSONWriter.text(.object(filters))
        if let index {
            entries[index].values = [value]
        } else {
            entries.append(Entry(parameter: .filters, values: [value]))
        }
    }
}

/// The values of parameters in their one canonical spelling.
enum ParameterValue {
    /// A value in canonical spelling, or nil when it is not accepted.
    static func canonical(_ text: String, _ kind: Parameter.Kind) -> String? {
        switch kind {
        case .flag: flag(text)
        case .integer: text.isEmpty ? "" : integer(text)
        case .text: text
        case .choice(let words): words.contains(text) || text.isEmpty ? text : nil
        case .name(let kind): text.isEmpty || Name.isValid(text, for: kind) ? text : nil
        case .filters: filters(text)
        case .stringMap: stringMap(text)
        case .labels: labels(text)
        case .stringList: stringList(text)
        case .limits: limits(text)
        case .processOptions: ProcessOptions.canonical(text)
        }
    }

    /// Reads JSON that stands in a parameter.
    static func json(_ text: String) -> JSONValue? {
        do {
            let value = try JSONReader.value(of: Array(text.utf8))
            return value.holds(atMost: 1024, in: text.utf8.count) ? value : nil
        } catch {
            return nil
        }
    }

    /// Go takes anything but "", 0, no, false and none for true; here the rest must be a word
    /// that means true.
    private static func flag(_ text: String) -> String? {
        switch text.lowercased() {
        case "", "0", "no", "false", "none": "0"
        case "1", "yes", "true": "1"
        default: nil
        }
    }

    private static func integer(_ text: String) -> String? {
        guard let value = Int64(text), text.utf8.first != UInt8(ascii: "+") else { return nil }
        return String(value)
    }

    /// Filters in the form of sets: `{"label":{"a=b":true}}`.
    private static func filters(_ text: String) -> String? {
        if text.isEmpty { return "" }
        guard case .object(let object)? = json(text) else { return nil }
        var result = JSONObject()
        for member in object.members {
            var set = JSONObject()
            switch member.value {
            case .array(let values):
                for value in values {
                    guard let text = value.string else { return nil }
                    set[text] = .bool(true)
                }
            case .object(let values):
                for value in values.members {
                    guard value.value.bool != nil else { return nil }
                    set[value.name] = .bool(true)
                }
            case .null, .bool, .number, .string: return nil
            }
            result[member.name] = .object(set)
        }
        return JSONWriter.text(.object(result))
    }

    private static func stringMap(_ text: String) -> String? {
        if text.isEmpty { return "" }
        guard let value = json(text) else { return nil }
        guard case .object(let object) = value else { return value == .null ? "" : nil }
        for member in object.members {
            guard member.value == .null || member.value.string != nil else { return nil }
        }
        return JSONWriter.text(value)
    }

    private static func labels(_ text: String) -> String? {
        guard let map = stringMap(text), !map.isEmpty, let object = json(map)?.object else {
            return stringMap(text)
        }
        return JSONWriter.text(
            .object(
                JSONObject(
                    distinct: object.members.filter { !StampedLabel.isReserved($0.name) })))
    }

    private static func stringList(_ text: String) -> String? {
        if text.isEmpty { return "" }
        guard let value = json(text) else { return nil }
        guard case .array(let values) = value else { return value == .null ? "" : nil }
        return values.allSatisfy { $0.string != nil } ? JSONWriter.text(value) : nil
    }

    private static func limits(_ text: String) -> String? {
        if text.isEmpty { return "" }
        guard let value = json(text) else { return nil }
        if value == .null { return "" }
        do {
            return JSONWriter.text(try Shape.list(.userLimit).read(value, at: "ulimits"))
        } catch {
            return nil
        }
    }
}
