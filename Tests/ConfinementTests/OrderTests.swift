import AgentMessages
import Testing

@testable import Confinement

@Suite struct OrderTests {
    private static func taking(_ bytes: [UInt8]) -> (Int) -> [UInt8]? {
        var place = 0
        return { count in
            guard place + count <= bytes.count else { return nil }
            defer { place += count }
            return Array(bytes[place..<place + count])
        }
    }

    private static func enter() throws -> EnterOrder {
        var capabilities = CapabilitySets()
        capabilities.bounding = .max
        return EnterOrder(
            process: 148, start: 1 << 60, namespaces: 0x7C02_0080, cgroups: ["/sys/fs/cgroup/a b"],
            line: LineCgroup(folder: "/sys/fs/cgroup/a b/quaymaster-line-1", hasKill: true),
            oomScoreAdjustment: -500, personality: 8,
            limits: [ResourceLimit(resource: 7, soft: 256, hard: .max)], umask: 0o22, user: 1234,
            group: 2345, groups: [777], hostUser: 101_234, capabilities: capabilities, folder: "/ä",
            environment: ["A=\n\"'"], search: ["/bin"], program: "nginx", words: ["nginx", ""],
            pin: nil, upper: "/up", profile: nil, label: "system_u:x", hasTerminal: true,
            milliseconds: 60_000, filters: [try SeccompFilterTests.filter(SeccompFilterTests.usual)])
    }

    private static let look = LookOrder(
        process: 1, start: 2, user: 3, group: 4, groups: [5], capabilities: 6, innerUser: 7,
        innerGroup: 8, innerGroups: [], cgroups: ["/c"], environment: ["A=b"], hostName: "h",
        folder: "/", milliseconds: 9,
        look: Look(
            "tail", flags: "f", options: ["-n": "5"], arguments: ["/var/log/x"], trees: ["/var/log"],
            filters: [["match", "a b"], ["count"]]))

    @Test func ordersAreReadAsTheyWereWritten() throws {
        for order in [HelperOrder.enter(try Self.enter()), .look(Self.look)] {
            #expect(try HelperOrder(Self.taking(order.bytes)) == order)
        }
    }

    /// An order that is cut anywhere is none: nothing is done by half.
    @Test func cutOrdersAreRefused() throws {
        let bytes = HelperOrder.enter(try Self.enter()).bytes
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: MessageFailure.self) {
                try HelperOrder(Self.taking(Array(bytes[..<count])))
            }
        }
    }
}
