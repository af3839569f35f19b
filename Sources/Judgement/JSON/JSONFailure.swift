/// Why a text was refused as JSON.
package struct JSONFailure: Error, Hashable, Sendable {
    /// The rule that was broken.
    package enum Rule: Hashable, Sendable {
        /// Not the grammar of RFC 8259.
        case syntax
        /// Bytes that are no UTF-8, or an escape that names half a surrogate pair.
        case notUnicode
        /// A control character or U+0000 in a string.
        case controlCharacter
        /// The same member name twice in one object.
        case duplicateName(String)
        /// Arrays and objects nested deeper than the limit.
        case tooDeep(limit: Int)
        /// Something follows the one value.
        case trailingData
        /// The text ends inside the value.
        case unexpectedEnd
    }

    /// The rule that was broken.
    package let rule: Rule
    /// Where, in bytes from the start.
    package let offset: Int

    /// One sentence for the client.
    package var sentence: String {
        switch rule {
        case .syntax: "the body is not JSON at byte \(offset)"
        case .notUnicode: "a string at byte \(offset) is not Unicode"
        case .controlCharacter: "a string holds a control character at byte \(offset)"
        case .duplicateName(let name): "the field \(name) stands twice at byte \(offset)"
        case .tooDeep(let limit): "the body is nested deeper than \(limit) levels at byte \(offset)"
        case .trailingData: "something follows the JSON value at byte \(offset)"
        case .unexpectedEnd: "the JSON body ends too early"
        }
    }
}
