import CreateBodies

/// Looks at one body after the other from both sides.
struct DifferentialCheck {
    private let judge: DifferentialJudge
    private let plant: (@Sendable ([UInt8], inout DifferentialJudge.Permitted) -> Void)?
    private(set) var count = DifferentialCount()

    /// Makes a check.
    ///
    /// - Parameter plant: A fault of the gateway, for tests of the check itself.
    /// - Throws: When the catalogue does not know the operation.
    init(
        plant: (@Sendable ([UInt8], inout DifferentialJudge.Permitted) -> Void)? = nil
    ) throws {
        judge = try DifferentialJudge()
        self.plant = plant
    }

    /// What is wrong with how a body is treated: nothing, as a rule.
    mutating func look(at body: [UInt8]) -> [String] {
        count.bodies += 1
        let version = DifferentialJudge.versions[count.bodies % DifferentialJudge.versions.count]
        // The later engine reads nearly the same; it is asked now and then.
        let generations: [EngineGeneration] = count.bodies % 4 == 0 ? [.v20, .v28] : [.v20]
        switch judge.judge(body, version: version) {
        case .refusedByDraft(let rule):
            count.refusedByDraft[rule, default: 0] += 1
            noteHarm(body, "", generations)
            return []
        case .refusedByPolicy(let rule):
            count.refusedByPolicy[rule, default: 0] += 1
            noteHarm(body, rule, generations)
            return []
        case .permitted(var permitted):
            count.permitted += 1
            plant?(body, &permitted)
            return fixedPoint(permitted)
                + generations.flatMap { compare(body, permitted, $0) }
        }
    }

    /// Which rows of the second list a refused body meets.
    private mutating func noteHarm(
        _ body: [UInt8], _ rule: String, _ generations: [EngineGeneration]
    ) {
        let views = generations.compactMap { EngineView.read(body, by: $0) }
        if views.isEmpty { return }
        let own = EngineHarm.Own(
            containers: Set(SeedBodies.containers), networks: Set(SeedBodies.networks),
            cgroup: "/quaymaster/local")
        let rows = Set(views.flatMap { EngineHarm.all(in: $0, own: own).map(\.row) })
        for row in rows { count.harms[row, default: 0] += 1 }
        if rows.isEmpty, !rule.isEmpty { count.overStrict[rule, default: 0] += 1 }
    }

    /// What was written anew is read again as the same, and so is what was made safe.
    private func fixedPoint(_ permitted: DifferentialJudge.Permitted) -> [String] {
        var problems: [String] = []
        if case .permitted(let again) = judge.judge(permitted.plain, version: permitted.version) {
            if again.act != permitted.act { problems.append("written anew, it is another act") }
            if again.plain != permitted.plain { problems.append("writing it anew is no fixed point") }
            if again.sent != permitted.sent { problems.append("written anew, it is sent otherwise") }
        } else {
            problems.append("written anew, it is refused")
        }
        if case .permitted(let again) = judge.judge(permitted.sent, version: permitted.version) {
            let views = [again.sent, permitted.sent].map { EngineView.read($0, by: .v28) }
            if views[0] != views[1] { problems.append("what was sent comes back as something else") }
        } else {
            problems.append("what was sent is refused when it comes back")
        }
        return problems
    }

    private mutating func compare(
        _ body: [UInt8], _ permitted: DifferentialJudge.Permitted, _ generation: EngineGeneration
    ) -> [String] {
        let name = generation.rawValue
        guard let plain = EngineView.read(permitted.plain, by: generation) else {
            // A number that is too large for the engine's field, and was so before.
            return EngineView.read(body, by: generation) == nil
                ? [] : ["\(name): the engine refuses what was written anew"]
        }
        var problems: [String] = []
        var client = EngineView.read(body, by: generation)
        if client == nil {
            client = EngineView.read(body, by: generation, forgivingly: true)
            count.lenient += 1
        }
        if let client {
            let differences = DifferentialDrops.settled(client)
                .differences(from: DifferentialDrops.settled(plain))
            problems += differences.map { "\(name): understood otherwise: \($0)" }
        } else {
            problems.append("\(name): the engine refuses the client's bytes and takes ours")
        }
        guard let sent = EngineView.read(permitted.sent, by: generation) else {
            return problems + ["\(name): the engine refuses what is sent"]
        }
        let expected = DifferentialJudge.obliged(for: permitted).of(plain)
        problems += expected.tree.differences(from: sent.tree).map {
            "\(name): made safe otherwise: \($0)"
        }
        return problems + harm(in: sent, permitted)
    }

    /// What is harmful in a body that is sent, with the defaults of the client's version.
    private func harm(
        in sent: EngineView, _ permitted: DifferentialJudge.Permitted
    ) -> [String] {
        let own = DifferentialJudge.own(permitted.act)
        let view = sent.asked(inVersion: permitted.version)
        return EngineHarm.all(in: view, own: own).map {
            "\(sent.generation.rawValue): permitted \($0)"
        }
    }
}
