import Testing

@testable import Confinement

@Suite struct SeccompFilterTests {
    /// Instructions as linux/filter.h has them.
    static func filter(_ instructions: [(UInt16, UInt8, UInt8, UInt32)]) throws -> SeccompFilter {
        var bytes: [UInt8] = []
        for (code, jt, jf, k) in instructions {
            bytes += [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8), jt, jf]
            bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: k >> UInt32($0)) }
        }
        return try #require(SeccompFilter(bytes, flags: 0))
    }

    /// Loads the number; 59 is allowed, 322 gives EPERM, what is above 400 ENOSYS, the rest is allowed.
    static let usual: [(UInt16, UInt8, UInt8, UInt32)] = [
        (0x20, 0, 0, 0), (0x15, 3, 0, 59), (0x15, 3, 0, 322), (0x25, 0, 1, 400),
        (0x06, 0, 0, 0x0005_0026), (0x06, 0, 0, 0x7FFF_0000), (0x06, 0, 0, 0x0005_0001),
    ]

    @Test(arguments: [(59, true), (322, false), (400, true), (401, false), (1000, false)])
    func tellsWhatIsAllowed(number: Int, isAllowed: Bool) throws {
        #expect(try Self.filter(Self.usual).allows(number) == isAllowed)
    }

    @Test(arguments: [
        (UInt32(0x7FFF_0000), true), (0x0005_0001, true), (0x8000_0000, true), (0x7FC0_0000, false),
        (0x7FC0_0001, false),
    ])
    func refusesSupervisors(result: UInt32, isTaken: Bool) throws {
        #expect(try Self.filter([(0x06, 0, 0, result)]).standsAlone == isTaken)
    }

    @Test func refusesComputedResults() throws {
        #expect(try !Self.filter([(0x20, 0, 0, 0), (0x16, 0, 0, 0)]).standsAlone)
    }

    /// A filter that ends without a result, or that is no filter, allows nothing.
    @Test func broken() throws {
        #expect(try Self.filter([(0x05, 0, 0, 9)]).result(number: 1) == nil)
        #expect(try Self.filter([(0xFF, 0, 0, 9)]).result(number: 1) == nil)
        #expect(SeccompFilter([], flags: 0) == nil)
        #expect(SeccompFilter([1, 2, 3], flags: 0) == nil)
        #expect(SeccompFilter([UInt8](repeating: 0, count: 4097 * 8), flags: 0) == nil)
    }
}
