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
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].elementsEqual("1".utf8),
            (1...2).contains(parts[1].count), parts[1].allSatisfy({ 0x30...0x39 ~= $0 }),
            parts[1].first != 0x30 || parts[1].count == 1,
            let minor = Int(String(decoding: parts[1], as: UTF8.self))
        else { return nil }
        self.minor = minor
    }

    package static func < (left: APIVersion, right: APIVersion) -> Bool {
        left.minor < right.minor
    }

    /// `1.41`
    package var description: String { "1.\(minor)" }
}
