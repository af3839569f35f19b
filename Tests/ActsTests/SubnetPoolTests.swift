import Acts
import Testing

@Suite struct SubnetPoolTests {
    private static func pool() throws -> SubnetPool {
        let range = try #require(SubnetPool.Subnet("10.0.0.0/16"))
        return try #require(SubnetPool(range, size: 26))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3/16", "10.1.0.0/16"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.0/33", nil), ("010.0.0.0/8", nil), ("10.0.0.0/08", nil), ("10.0.0/8", nil), ("10.0.0.256/8", nil), ("10.0.0.0", nil),
        ("10.0.0.0/", nil), ("fd00::/8", nil), ("", nil), ("10.0.0.0/8/8", nil), ("10.0.0.-1/8", nil),
    ])
    func rangesAreRead(_ text: String, _ canonical: String?) {
        #expect(SubnetPool.Subnet(text)?.description == canonical)
    }

    @Test(arguments: [
        ("10.0.0.0/16", 26, 1024), ("10.0.0.0/16", 16, 1), ("10.0.0.0/16", 15, nil),
        ("10.0.0.0/16", 30, nil), ("10.0.0.0/8", 29, nil),
    ])
    func poolsHaveParts(_ range: String, _ size: Int, _ count: Int?) throws {
        let range = try #require(SubnetPool.Subnet(range))
        #expect(SubnetPool(range, size: size)?.count == count)
    }

    @Test(arguments: [
        ([], "10.0.0.0/26"), (["10.0.0.0/26"], "10.0.0.64/26"), (["10.0.0.64/26"], "10.0.0.0/26"),
        (["10.0.0.0/28", "10.0.0.64/30"], "10.0.0.128/26"), (["192.168.0.0/16"], "10.0.0.0/26"),
        (["10.0.0.0/25"], "10.0.0.128/26"), (["10.0.0.0/8"], nil), (["0.0.0.0/0"], nil),
        (["10.0.0.128/25", "10.0.0.0/25"], "10.0.1.0/26"),
        (["10.0.0.192/26", "10.0.0.0/26", "10.0.0.0/25"], "10.0.0.128/26"),
    ])
    func freePartsAreApart(_ taken: [String], _ free: String?) throws {
        let pool = try Self.pool()
        let found = pool.free(beside: taken.compactMap { SubnetPool.Subnet($0) })
        #expect(found?.description == free)
    }

    /// What takes several parts of the pool is one tenant's no more.
    @Test(arguments: [
        ("10.0.0.64/26", true), ("10.0.0.64/28", true), ("10.0.0.0/25", false), ("10.0.0.0/16", false),
        ("10.0.0.0/8", false), ("10.1.0.0/16", true), ("192.168.0.0/16", true),
    ])
    func onePartIsAdmitted(_ subnet: String, _ isAdmitted: Bool) throws {
        let subnet = try #require(SubnetPool.Subnet(subnet))
        #expect(try Self.pool().admits(subnet) == isAdmitted)
    }

    /// A thousand tenants have one each, and no two share an address.
    @Test func allPartsAreFound() throws {
        let pool = try Self.pool()
        var taken: [SubnetPool.Subnet] = []
        while let next = pool.free(beside: taken) {
            #expect(taken.last.map { !$0.overlaps(next) } ?? true)
            taken.append(next)
        }
        #expect(taken.count == 1024 && Set(taken).count == 1024)
        #expect(taken.last?.description == "10.0.255.192/26")
    }
}
