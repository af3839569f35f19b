/// A version of the Engine API. All versions that matter are 1.x.
package struct APIVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number behind `1.`.
    package let minor: Int

    /// Makes version 1.`minor`.
    package init(minor: Int) {
        self.minor = minor
    }

    /// The lowest version that is served. Below it `start` carries a whole HostConfig.
    package static let floor = APIVersion(minor: 24)
    /// The highest version whose operations and fields the catalogue knows.
    package static let ceiling = APIVersion(minor: 55)

    /// Reads `1.41`: one spelling, no leading zero, no third part.
    package init?(_ text: some StringProtocol) {
        var bytes = text.utf8.makeIterator()
        guard bytes.next() == UInt8(ascii: "1"), bytes.next() == UInt8(ascii: "."),
            let first = bytes.next(), 0x30...0x39 ~= first
        else { return nil }
        guard let second = bytes.next() else {
            minor = Int(first) - 0x30
            return
        }
        guard first != 0x30, 0x30...0x39 ~= second, bytes.next() == nil else { return nil }
        minor = (Int(first) - 0x30) * 10 + Int(second) - 0x30
    }

    package static func < (left: APIVersion, right: APIVersion) -> Bool {
        left.minor < right.minor
    }

    /// `1.41`
    package var description: String { "1.\(minor)" }
}
