import CreateBodies
import Testing

/// The second list and the check that uses it see what they are there to see.
@Suite struct DifferentialHarmTests {
    private static let own = EngineHarm.Own(
        containers: Set(SeedBodies.containers), networks: Set(SeedBodies.networks),
        cgroup: "/quaymaster/local")

    /// Values that the gateway refuses and that do no harm, with the reason.
    private static let refusedWithoutHarm: [String: String] = {
        let legacy = "counts beside HostConfig; one place is enough to judge"
        let invalid = "no engine takes it"
        return [
            #"Volumes {"data":{}}"#: invalid, #"Volumes {"/host:/x":{}}"#: invalid,
            #"HostConfig.Capabilities ["CAP_SYS_ADMIN"]"#: "only API 1.40 had it",
            #"HostConfig.PidMode "hosT""#: invalid,
            #"HostConfig.RestartPolicy {"Name":"Always"}"#: invalid,
            #"HostConfig.Binds ["a:b"]"#: invalid, #"HostConfig.Tmpfs {"t":"size=1m"}"#: invalid,
            #"NetworkingConfig.EndpointsConfig {"container:atk-b-n1":{}}"#: invalid,
            "Memory 67108864": legacy, "MemorySwap -1": legacy, "CpuShares 1024": legacy,
            #"Cpuset "0""#: legacy, "Privileged false": legacy, "Privileged null": legacy,
        ]
    }()

    @Test(arguments: TableBody.harmful)
    func harmIsFoundOrTheEngineRefuses(body: TableBody) {
        let views = EngineGeneration.allCases.compactMap { EngineView.read(body.bytes, by: $0) }
        let harm = views.flatMap { EngineHarm.all(in: $0, own: Self.own) }
        if views.isEmpty { return }
        #expect(harm.isEmpty == (Self.refusedWithoutHarm[body.description] != nil), "\(harm)")
    }

    @Test(arguments: TableBody.harmless)
    func whatIsHarmlessHasNone(body: TableBody) {
        let views = EngineGeneration.allCases.compactMap { EngineView.read(body.bytes, by: $0) }
        let harm = views.flatMap { EngineHarm.all(in: $0, own: Self.own) }
        #expect(harm.isEmpty, "\(harm)")
    }

    /// A gateway with a fault that the check must see.
    struct Fault: CustomTestStringConvertible {
        let testDescription: String
        /// The problem that is reported.
        let problem: String
        let plant: @Sendable ([UInt8], inout DifferentialJudge.Permitted) -> Void

        init(
            _ name: String, _ problem: String,
            _ plant: @escaping @Sendable ([UInt8], inout DifferentialJudge.Permitted) -> Void
        ) {
            testDescription = name
            self.problem = problem
            self.plant = plant
        }
    }

    @Test(arguments: [
        Fault("forwards the client's bytes", "no fixed point") { body, permitted in
            permitted.plain = body
        },
        Fault("loses a field", "understood otherwise: HostConfig.ReadonlyRootfs") {
            $1.plain.replace(#""ReadonlyRootfs":true"#, with: #""ReadonlyRootfs":false"#)
        },
        Fault("takes nothing for something", "understood otherwise: Config.Entrypoint") {
            $1.plain.replace(#""Entrypoint":[]"#, with: #""Entrypoint":null"#)
        },
        Fault("loses what makes safe", "made safe otherwise: HostConfig.SecurityOpt") {
            $1.sent.replace(#""no-new-privileges""#, with: "")
        },
        Fault("forgets a tenant's stamp", "made safe otherwise: Config.Labels.quaymaster.tenant") {
            $1.sent.replace(#""quaymaster.tenant":"local""#, with: #""x":"local""#)
        },
        Fault("gives a power", "permitted Privileged") {
            $1.sent.replace(#""Privileged":false"#, with: #""Privileged":true"#)
        },
        Fault("writes a field twice", "permitted Namespaces: PidMode host") {
            $1.sent.replace(#""PidMode":"","#, with: #""PidMode":"","pidmode":"host","#)
        },
        Fault("sends more than one value", "the engine refuses what is sent") {
            $1.sent += Array("{}".utf8)
        },
    ])
    func faultsAreSeen(fault: Fault) throws {
        var generator = CreateBodyGenerator(try SeedBodies.load(), seed: 1)
        var check = try DifferentialCheck(plant: fault.plant)
        for _ in 0..<2000 {
            let problems = check.look(at: generator.next().bytes)
            if problems.contains(where: { $0.contains(fault.problem) }) { return }
        }
        Issue.record("2000 bodies did not show it")
    }
}

extension [UInt8] {
    /// Writes one text in the place of the first other.
    fileprivate mutating func replace(_ old: String, with new: String) {
        guard let range = firstRange(of: Array(old.utf8)) else { return }
        replaceSubrange(range, with: Array(new.utf8))
    }
}
