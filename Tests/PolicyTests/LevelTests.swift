import Acts
import Policy
import Testing

@Suite struct LevelTests {
    struct Row: CustomTestStringConvertible {
        let kind: Demand.Kind
        let baseline: Bool
        let restricted: Bool
        var testDescription: String { kind.words }

        init(_ kind: Demand.Kind, _ baseline: Bool, _ restricted: Bool) {
            self.kind = kind
            self.baseline = baseline
            self.restricted = restricted
        }
    }

    private static let bind = BindRequest(
        source: "/srv/x", target: "/x", readOnly: true, hasOptions: false)

    /// A level that names addresses binds ports nowhere else.
    @Test(arguments: [
        ("", 8080, false, true), ("0.0.0.0", 8080, false, true), ("10.0.0.5", 8080, false, true),
        ("127.0.0.1", 8080, false, true), ("::1", 8080, false, false), ("10.0.0.6", 8080, false, false),
        // There is no address of that family.
        ("::", 8080, false, false), ("10.0.0.5", 80, false, false), ("", 8080, true, false),
    ])
    func portsAreBoundWhereALevelSays(_ address: String, _ port: Int, _ isEverywhere: Bool, _ isAllowed: Bool) {
        var level = Level(name: "web", extends: .baseline, location: nil)
        level.publishes = PublishedAddresses(["10.0.0.5", "127.0.0.1"])
        let demand = Demand(
            .publishedPort(PortRequest(address: address, ports: port...port, isEverywhere: isEverywhere)), origin: "p")
        #expect(level.allows(demand) == isAllowed)
        #expect(level.alternative(to: demand).contains("on 10.0.0.5, 127.0.0.1"))
        level.publishes = nil
        level.addresses = ["::1"]
        #expect(level.allows(demand) == (port > 1023 && !address.hasPrefix("10.")))
    }

    @Test(arguments: [
        Row(.privileged, false, false),
        Row(.hostNamespace(.pid), false, false),
        Row(.hostNamespace(.network), false, false),
        Row(.bind(bind), false, false),
        Row(.capability("SYS_ADMIN"), false, false),
        Row(.device("/dev/kvm"), false, false),
        Row(.securityOption("seccomp=unconfined"), false, false),
        Row(.unmaskedPaths, false, false),
        Row(.sysctl(name: "kernel.core_pattern", value: "x"), false, false),
        Row(.sysctl(name: "net.ipv4.ip_unprivileged_port_start", value: "0"), true, true),
        Row(.runtime("runc"), true, true),
        Row(.runtime("kata"), false, false),
        Row(.cgroupParent("/"), false, false),
        Row(.volumeDriver("nfs"), false, false),
        Row(.volumeOption("o"), false, false),
        Row(.mountKind("image"), false, false),
        Row(.secretDriver("vault"), false, false),
        Row(.secretDriver(""), false, false),
        Row(.tmpfsOption("exec"), false, false),
        Row(.logDriver("syslog"), false, false),
        Row(.joinedNamespace(.pid, container: "x"), true, false),
        Row(.inheritedMounts(container: "x"), true, false),
        Row(.link(container: "x"), true, false),
        Row(.publishedPort(PortRequest(address: "", ports: 8080...8080)), true, true),
        Row(.publishedPort(PortRequest(address: "", ports: nil)), true, true),
        Row(.publishedPort(PortRequest(address: "", ports: 443...443)), false, false),
        Row(.publishedPort(PortRequest(address: "", ports: 1000...2000)), false, false),
        Row(.allPorts, false, false),
        Row(.hostName("h:host-gateway"), false, false),
        Row(.networkDriver("host"), false, false),
        Row(.outOfMemoryScore(500), true, true),
        Row(.outOfMemoryScore(-500), false, false),
        Row(.sharedMemory(bytes: 1 << 20), true, true),
        Row(.sharedMemory(bytes: 1 << 40), false, false),
        Row(.restartPolicy("always"), true, false),
        Row(.restartPolicy("on-failure"), true, true),
        Row(.unjudged("something"), false, false),
    ])
    func builtInLevels(row: Row) {
        let demand = Demand(row.kind, origin: "x")
        #expect(Level.builtIn(.privileged).allows(demand))
        #expect(Level.builtIn(.baseline).allows(demand) == row.baseline)
        #expect(Level.builtIn(.restricted).allows(demand) == row.restricted)
        // A stricter level never allows what a laxer one refuses.
        #expect(row.baseline || !row.restricted)
        #expect(!Level.builtIn(.baseline).alternative(to: demand).isEmpty)
    }

    struct Bind: CustomTestStringConvertible {
        let source: String
        var target = "/data"
        var readOnly = true
        var hasOptions = false
        let allowed: Bool
        var testDescription: String { "\(source) \(target) \(readOnly) \(hasOptions)" }
    }

    @Test(arguments: [
        Bind(source: "/srv/data", allowed: true),
        Bind(source: "/srv/data", readOnly: false, allowed: false),
        Bind(source: "/srv/data", hasOptions: true, allowed: false),
        Bind(source: "/srv/data/", allowed: false),
        Bind(source: "/srv//data", allowed: false),
        Bind(source: "/srv/./data", allowed: false),
        Bind(source: "/srv/data/..", allowed: false),
        // What lies beneath is not named: a link planted there would lead anywhere.
        Bind(source: "/srv/data/sub", allowed: false),
        Bind(source: "/srv/database", allowed: false),
        Bind(source: "/srv", allowed: false),
        Bind(source: "/", allowed: false),
        Bind(source: "/srv/fixed", target: "/in", allowed: true),
        Bind(source: "/srv/fixed", target: "/out", allowed: false),
        Bind(source: "/srv/write", readOnly: false, allowed: true),
    ])
    func bindsAreExact(row: Bind) {
        var level = Level(name: "web", extends: .baseline, location: nil)
        level.binds = [
            Level.BindAllowance(from: "/srv/data", to: nil, readOnly: true),
            Level.BindAllowance(from: "/srv/fixed", to: "/in", readOnly: true),
            Level.BindAllowance(from: "/srv/write", to: nil, readOnly: false),
        ]
        let request = BindRequest(
            source: row.source, target: row.target, readOnly: row.readOnly,
            hasOptions: row.hasOptions)
        #expect(level.allows(Demand(.bind(request), origin: "x")) == row.allowed)
    }

    @Test func extendedLevelsAllowWhatTheyName() {
        var level = Level(name: "web", extends: .baseline, location: nil)
        level.ports = [80...80, 8000...8999]
        level.capabilities = ["SYS_NICE"]
        level.devices = ["/dev/fuse"]
        level.runtimes = ["runsc"]
        level.logDrivers = ["syslog"]
        level.sysctls = ["kernel.msgmax"]
        func allows(_ kind: Demand.Kind) -> Bool { level.allows(Demand(kind, origin: "x")) }
        #expect(allows(.publishedPort(PortRequest(address: "", ports: 80...80))))
        #expect(!allows(.publishedPort(PortRequest(address: "", ports: 81...81))))
        #expect(!allows(.publishedPort(PortRequest(address: "", ports: 7999...8000))))
        #expect(allows(.capability("SYS_NICE")) && !allows(.capability("SYS_ADMIN")))
        #expect(allows(.device("/dev/fuse")) && !allows(.device("/dev/kvm")))
        #expect(allows(.runtime("runsc")) && !allows(.runtime("kata")))
        #expect(allows(.logDriver("syslog")) && !allows(.logDriver("gelf")))
        #expect(allows(.sysctl(name: "kernel.msgmax", value: "1")))
        #expect(!allows(.privileged))
    }
}
