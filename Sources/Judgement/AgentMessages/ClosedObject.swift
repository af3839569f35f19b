package import JSON

/// The members of a message, each of which is taken once; what is left over is refused by name.
package struct ClosedObject {
    private var object: JSONObject
    private let what: String

    /// Reads a text as an object.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - what: The message's name, for sentences.
    /// - Throws: `MessageFailure` when it is no JSON object.
    package init(_ bytes: [UInt8], _ what: String) throws(MessageFailure) {
        let value: JSONValue
        do throws(JSONFailure) {
            value = try JSONReader.value(of: bytes, depthLimit: 8)
        } catch {
            throw MessageFailure("\(what) is not understood: \(error.sentence)")
        }
        try self.init(value, what)
    }

    /// Takes a value as an object.
    ///
    /// - Throws: `MessageFailure` when it is none.
    package init(_ value: JSONValue?, _ what: String) throws(MessageFailure) {
        guard let object = value?.object else { throw MessageFailure("\(what) is no object") }
        self.object = object
        self.what = what
    }

    /// Takes a member; nil when it is not there.
    package mutating func optional(_ name: String) -> JSONValue? {
        defer { object[name] = nil }
        return object[name]
    }

    /// Takes a member in the form that `read` makes of it.
    ///
    /// - Throws: `MessageFailure` when it is missing or `read` gives nil.
    package mutating func take<Value>(
        _ name: String, _ read: (JSONValue) -> Value?
    ) throws(MessageFailure) -> Value {
        guard let value = optional(name).flatMap(read) else {
            throw MessageFailure("\(what) has no correct \(name)")
        }
        return value
    }

    /// Takes a member that may be missing.
    ///
    /// - Throws: `MessageFailure` when it is there and `read` gives nil.
    package mutating func takeIfPresent<Value>(
        _ name: String, _ read: (JSONValue) -> Value?
    ) throws(MessageFailure) -> Value? {
        guard let value = optional(name) else { return nil }
        guard let result = read(value) else {
            throw MessageFailure("\(what) has no correct \(name)")
        }
        return result
    }

    /// Checks that nothing is left over.
    ///
    /// - Throws: `MessageFailure` with the name of what is.
    package func end() throws(MessageFailure) {
        guard let left = object.members.first else { return }
        throw MessageFailure("\(what) has a field \(left.name) that is not known")
    }
}

extension JSONValue {
    /// A list of strings, or nil.
    package var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    /// A number that is not negative, or nil.
    package var natural: UInt64? {
        int64.flatMap { UInt64(exactly: $0) }
    }
}
