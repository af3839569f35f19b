/// Names and addresses of hosts.
enum HostName {
    /// True for a lower-case DNS name (RFC 1123 §2.1: labels of letters, digits and inner hyphens) of up
    /// to 253 characters, with or without the root's dot, and for a dotted IPv4 address.
    ///
    /// A name whose last label is a number is one that resolvers take for an address in another
    /// spelling (`127.1`, `2130706433`, `0x7f000001`): only four plain decimal numbers are one.
    static func isValid(_ text: String) -> Bool {
        guard 1...253 ~= text.utf8.count else { return false }
        var labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
        guard labels.allSatisfy(isLabel), let last = labels.last, let first = last.first else {
            return false
        }
        guard isDigit(first), readsAsNumber(last) else { return true }
        return text.utf8.last != UInt8(ascii: ".") && isAddress(labels)
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard 1...63 ~= label.count, label.first != UInt8(ascii: "-"),
            label.last != UInt8(ascii: "-")
        else { return false }
        return label.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || isDigit(byte)
                || byte == UInt8(ascii: "-")
        }
    }

    private static func readsAsNumber(_ label: Substring.UTF8View) -> Bool {
        if label.allSatisfy(isDigit) { return true }
        // `0x` and hexadecimal digits; with none behind it is read as 0.
        return label.starts(with: "0x".utf8)
            && label.dropFirst(2).allSatisfy { byte in
                isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
            }
    }

    private static func isAddress(_ labels: [Substring.UTF8View]) -> Bool {
        labels.count == 4
            && labels.allSatisfy { label in
                guard let number = UInt8(String(Substring(label))) else { return false }
                return String(number).utf8.count == label.count
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
