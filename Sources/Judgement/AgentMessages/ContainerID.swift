/// A container's full id as engines give it: 64 lower-case hexadecimal digits.
///
/// It becomes part of paths on the host, so nothing else is one.
package struct ContainerID: Hashable, Sendable, CustomStringConvertible {
    /// The digits.
    package let text: String

    /// Reads an id; nil for anything that is not exactly one.
    package init?(_ text: String) {
        guard text.utf8.count == 64,
            text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else { return nil }
        self.text = text
    }

    /// The digits.
    package var description: String { text }
}
