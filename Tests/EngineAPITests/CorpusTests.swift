import Acts
import EngineAPI
import Foundation
import Policy
import Testing

/// The attacks on networks, volumes, plugins and the Swarm that were tried on a real engine: each that
/// has a body is refused to a tenant who holds every verb at the level baseline, for the right reason.
@Suite struct CorpusTests {
    /// A case of the corpus, as far as judging needs it.
    struct Case: Decodable, CustomTestStringConvertible {
        let id: String
        let title: String
        let method: String
        let target: String
        let body: String?
        let expect: String
        var testDescription: String { "\(id) \(title)" }
    }

    private static let policy = Policy(
        tenants: ["blue", "red"],
        grants: [
            "red": [
                Grant(
                    verbs: .all, scope: .tenant("red"), levels: [.builtIn(.baseline)],
                    location: Location(file: "policy.yaml", line: 7))
            ]
        ], version: "v")

    /// The rule that each case with a body must be refused by. A new case needs a line.
    private static let rules: [String: String] = [
        "sw-001": "level.host", "sw-003": "level.host", "sw-005": "level.bind",
        "sw-007": "level.capability", "sw-009": "level.security-option",
        "sw-011": "level.host-network", "sw-013": "tenant.own", "sw-015": "level.bind",
        "sw-017": "level.log-driver", "sw-019": "level.bind", "sw-032": "level.host",
        "nw-001": "level.network", "nw-005": "level.network", "nw-007": "level.network",
        "nw-011": "level.network", "nw-014": "level.network", "nw-016": "level.subnet",
        "nw-018": "level.network", "nw-020": "tenant.own", "nw-022": "level.network",
        "nw-024": "level.network", "nw-026": "tenant.own", "nw-028": "tenant.own",
        "nw-031": "body.duplicate-field",
        "vl-001": "level.volume-driver", "vl-003": "level.volume-driver",
        "vl-005": "level.volume-driver", "vl-007": "level.volume-driver",
        "vl-009": "level.volume-driver", "vl-011": "level.volume-driver",
        "vl-013": "level.volume-driver", "vl-015": "level.volume-driver",
        "vl-018": "level.volume-driver", "vl-020": "body.refused-field",
        "pl-005": "level.host",
    ]

    private static let cases = Result {
        try ["swarm", "network", "volume", "plugin"].flatMap { name in
            try SharedFiles.data("corpus/public-\(name).jsonl").split(separator: UInt8(ascii: "\n"))
                .map { try JSONDecoder().decode(Case.self, from: Data($0)) }
        }
    }

    /// A case with something plausible at its placeholders.
    private static func filled(_ text: String) -> String {
        var text = text
        for (placeholder, value) in [
            ("foreign.secret", "bluesecret"), ("foreign.net", String(repeating: "b1", count: 32)),
            ("foreign.id", String(repeating: "b2", count: 32)), ("foreign.prefix", "b2b2b2b2"),
            ("own.short", "a1a1a1a1a1a1"), ("own.id", String(repeating: "a1", count: 32)),
            ("own.net", "atk-red-net"), ("node.id", "n1"), ("node.version", "12"),
            ("canary", "127.0.0.1:9"),
        ] {
            text = text.replacing("{{\(placeholder)}}", with: value)
        }
        return text
    }

    /// What the engine would say: red's objects are red's, blue's are blue's, others do not exist.
    private static func facts(_ act: Act) -> Facts {
        var facts = Facts()
        for reference in act.references {
            let text = reference.text
            facts.powers[reference] = []
            facts.images[reference] = ImageFinding(owners: [], isShared: true, soleOwner: nil)
            facts[reference] =
                if text.contains("red") || text.hasPrefix("a1") || reference.kind == .image {
                    .found(id: text, tenant: "red")
                } else if text.contains("blue") || text.hasPrefix("b1") || text.hasPrefix("b2") {
                    .found(id: text, tenant: "blue")
                } else {
                    .absent
                }
        }
        return facts
    }

    /// What becomes of a case: refused by a rule, or permitted with obligations.
    private enum Outcome: Equatable {
        case refused(String)
        case permitted([Obligation])
    }

    private static func outcome(_ row: Case) throws -> Outcome {
        let act: Act
        do {
            let call = try Call(row.method, filled(row.target))
            act = try row.body.map { try Draft(call, body: Array(filled($0).utf8)).act } ?? Draft(call).act
        } catch let refusal as BodyRefusal {
            return .refused(refusal.rule)
        } catch let failure as TargetFailure {
            return .refused(failure.rule)
        }
        switch policy.decide(act, by: "red", seeing: facts(act)) {
        case .permit(let permit): return .permitted(permit.obligations)
        case .refuse(let refusal): return .refused(refusal.rule)
        }
    }

    @Test func bodiesAreRefusedForTheRightReason() throws {
        var seen = Set<String>()
        for row in try Self.cases.get() where row.body != nil {
            #expect(!filledIsLeft(row), "\(row.testDescription) holds a placeholder that is not filled")
            let expected = try #require(Self.rules[row.id], "no reason is known for \(row.testDescription)")
            #expect(try Self.outcome(row) == .refused(expected), "\(row.testDescription)")
            seen.insert(row.id)
        }
        #expect(seen == Set(Self.rules.keys))
    }

    /// What has no body is refused too, or narrowed to the tenant's own.
    @Test func theRestIsRefusedOrNarrowed() throws {
        for row in try Self.cases.get() where row.body == nil {
            switch try Self.outcome(row) {
            case .refused: break
            case .permitted(let obligations):
                #expect(obligations == [.narrow(tenant: "red")], "\(row.testDescription)")
                // The corpus wants no answer to a list of tasks; ours holds the tenant's own, which
                // carry the labels of their services.
                #expect(row.expect != "deny" || row.id == "sw-036", "\(row.testDescription)")
            }
        }
    }

    private func filledIsLeft(_ row: Case) -> Bool {
        Self.filled(row.target + (row.body ?? "")).contains("{{")
    }
}
