import Foundation
import Testing

extension Integration {
    /// Networks that are offered to other tenants, by really connecting.
    @Suite(.serialized) struct OfferTests {
        private static let tenants = "tenants: {red: {}, blue: {}}"
        private static let offering = """
            tenants: {red: {offers: {network: {edge: [blue]}}}, blue: {}, green: {}}
            offers: {network: {proxy: [blue]}}
            """
        private static let policy =
            Plane.policy.replacing(tenants, with: offering)
            + "\n  - {to: cy, may: developer, in: green, level: baseline}\n"
        private static let pool = "networks: {pool: 10.213.0.0/16, size: 26}\n"

        private func trimmed(_ outcome: Outcome) -> String {
            outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func address(_ plane: Plane, _ identity: String, _ name: String, on network: String) throws -> String {
            trimmed(
                try plane.docker(
                    identity, "inspect", "-f", "{{(index .NetworkSettings.Networks \"\(network)\").IPAddress}}", name))
        }

        private func place(_ plane: Plane, _ identity: String, _ name: String, on network: String) throws {
            let made = try plane.docker(
                identity, "run", "-d", "--name", name, "--network", network, "bb:1", "sleep", "1000")
            #expect(made.status == 0, "\(identity) \(name): \(made)")
        }

        private func reaches(_ plane: Plane, _ identity: String, _ from: String, _ target: String) throws -> Bool {
            try plane.docker(identity, "exec", from, "timeout", "6", "ping", "-c", "1", "-W", "2", target).status == 0
        }

        @Test func whoIsOfferedANetworkMeetsItsOwnerThere() throws {
            try withPlane(policy: Self.policy, configuration: Self.pool) { plane in
                #expect(try plane.docker("alice", "network", "create", "edge").status == 0)
                #expect(try plane.docker("alice", "network", "create", "back").status == 0)
                try place(plane, "alice", "shop", on: "edge")
                try place(plane, "alice", "db", on: "back")
                try place(plane, "bo", "job", on: "edge")
                try place(plane, "bo", "aside", on: "default")
                try place(plane, "cy", "out", on: "default")
                let shop = try address(plane, "alice", "shop", on: "edge")
                let job = try address(plane, "bo", "job", on: "edge")
                #expect(shop.hasPrefix("10.213.") && job.hasPrefix("10.213."), "\(shop) \(job)")
                // Both ways, by name too; only who has joined.
                #expect(try reaches(plane, "alice", "shop", job) && reaches(plane, "alice", "shop", "job"))
                #expect(try reaches(plane, "bo", "job", shop) && reaches(plane, "bo", "job", "shop"))
                let db = try address(plane, "alice", "db", on: "back")
                #expect(try !reaches(plane, "bo", "job", db) && !reaches(plane, "bo", "aside", shop))
                #expect(try !reaches(plane, "cy", "out", shop) && !reaches(plane, "cy", "out", job))
                // Joined and left by containers that are there already.
                #expect(try plane.docker("bo", "network", "connect", "edge", "aside").status == 0)
                #expect(try reaches(plane, "bo", "aside", "shop"))
                #expect(try plane.docker("bo", "network", "disconnect", "edge", "aside").status == 0)
                #expect(try !reaches(plane, "bo", "aside", shop))
                for words in [["connect", "back", "aside"], ["connect", "edge", "db"], ["disconnect", "edge", "shop"]] {
                    let refused = try plane.docker("bo", "network", words[0], words[1], words[2])
                    #expect(refused.status != 0, "\(words) \(refused)")
                }
                #expect(try reaches(plane, "alice", "shop", "job"))
                // To whom it is not offered it is not there.
                let absent = try plane.docker("cy", "run", "--rm", "--network", "none-such", "bb:1", "true")
                let refused = try plane.docker("cy", "run", "--rm", "--network", "edge", "bb:1", "true")
                #expect(refused.status != 0 && refused.errors == absent.errors.replacing("none-such", with: "edge"))
                #expect(try plane.docker("cy", "network", "connect", "edge", "out").status != 0)
            }
        }

        @Test func eachSeesItsOwnOnIt() throws {
            try withPlane(policy: Self.policy, configuration: Self.pool) { plane in
                #expect(
                    try plane.docker("alice", "network", "create", "--label", "team=red-secret", "edge").status == 0)
                #expect(try plane.docker("alice", "network", "create", "back").status == 0)
                try place(plane, "alice", "shop", on: "edge")
                try place(plane, "bo", "job", on: "edge")
                func id(_ identity: String, _ name: String) throws -> String {
                    trimmed(try plane.docker(identity, "inspect", "-f", "{{.Id}}", name))
                }
                let (shop, job) = (try id("alice", "shop"), try id("bo", "job"))
                let listed = try plane.docker("bo", "network", "ls", "--format", "{{.Name}}").output
                #expect(listed.split(separator: "\n").filter { $0 == "edge" }.count == 1, "\(listed)")
                #expect(!listed.contains("back") && !listed.contains("quaymaster-"), "\(listed)")
                let named = try plane.docker("bo", "network", "ls", "-q", "--no-trunc", "--filter", "name=^edge$")
                let network = trimmed(named)
                #expect(network.count == 64, "\(named)")
                for (identity, own, others) in [("bo", job, [shop, "shop"]), ("alice", shop, [job, "job"])] {
                    for target in ["edge", network, String(network.prefix(12)), "edge?verbose=1"] {
                        let seen = try plane.request(identity, "/networks/\(target)")
                        #expect(seen.status == 200 && seen.body.contains(own), "\(seen)")
                        for word in others + ["(hidden)", "bridge.name"] {
                            #expect(!seen.body.contains(word), "\(word): \(seen)")
                        }
                    }
                }
                let seen = try plane.request("bo", "/networks/edge").body + plane.request("bo", "/networks").body
                for word in ["red", "secret", "qm"] { #expect(!seen.contains(word), "\(word): \(seen)") }
                // Labels are its owner's, also to ask for.
                for filter in ["label=team", "label=team=red-secret"] {
                    #expect(try plane.docker("bo", "network", "ls", "-q", "--filter", filter).output.isEmpty)
                    #expect(try !plane.docker("alice", "network", "ls", "-q", "--filter", filter).output.isEmpty)
                }
                // Nobody but its owner removes it.
                for command in [["rm", "edge"], ["rm", network], ["prune", "-f"]] {
                    _ = try run(["docker", "network"] + command, environment: plane.environment("bo"))
                    #expect(try plane.docker("alice", "network", "inspect", "edge").status == 0, "\(command)")
                }
                #expect(try plane.docker("bo", "network", "rm", "edge").errors.contains("network.offered"))
                let used = try plane.docker("alice", "network", "rm", "edge")
                #expect(used.status != 0 && !used.errors.contains("job") && !used.errors.contains("blue"), "\(used)")
                // What is shown can be sent back.
                let shown = try plane.docker(
                    "bo", "inspect", "-f", "{{.HostConfig.NetworkMode}} {{range $k, $v := .NetworkSettings.Networks}}{{$k}}{{end}}",
                    "job")
                let words = trimmed(shown).split(separator: " ").map(String.init)
                #expect(words.last == "edge", "\(shown)")
                try place(plane, "bo", "again", on: try #require(words.first))
                let listing = try plane.docker("bo", "ps", "--format", "{{.Names}}", "--filter", "network=edge").output
                #expect(listing == "again\njob\n", "\(listing)")
                #expect(try plane.docker("cy", "network", "inspect", network).status != 0)
                #expect(try !plane.docker("cy", "network", "ls").output.contains("edge"))
                // One's own of the name stands before it.
                #expect(try plane.docker("bo", "network", "create", "edge").status == 0)
                let own = trimmed(try plane.docker("bo", "network", "inspect", "-f", "{{.Id}}", "edge"))
                #expect(own.count == 64 && own != network)
                #expect(try plane.docker("bo", "network", "ls", "--format", "{{.Name}}").output == listed)
            }
        }

        @Test func administratorsOfferTheirs() throws {
            try withPlane(policy: Self.policy, configuration: Self.pool) { plane in
                #expect(try plane.docker("admin", "network", "create", "proxy").status == 0)
                #expect(try plane.docker("admin", "network", "create", "proxied").status == 0)
                defer { plane.engine.clean("network", "rm", "proxy", "proxied") }
                defer { plane.engine.clean("rm", "-f", "front", "job") }
                try place(plane, "admin", "front", on: "proxy")
                try place(plane, "bo", "job", on: "proxy")
                let front = try address(plane, "admin", "front", on: "proxy")
                let job = try address(plane, "bo", "job", on: "proxy")
                #expect(try reaches(plane, "bo", "job", front) && reaches(plane, "admin", "front", job))
                #expect(try reaches(plane, "bo", "job", "front") && reaches(plane, "admin", "front", "job"))
                let network = trimmed(try plane.docker("bo", "network", "inspect", "-f", "{{.Id}}", "proxy"))
                for target in [network, String(network.prefix(12))] {
                    let seen = try plane.request("bo", "/networks/\(target)")
                    #expect(seen.status == 200 && seen.body.contains("job") && !seen.body.contains("front"), "\(seen)")
                }
                for name in ["proxied", "prox", "bridge"] {
                    #expect(try plane.docker("bo", "network", "inspect", name).status != 0, "\(name)")
                }
                #expect(try plane.docker("bo", "network", "rm", "proxy").errors.contains("network.offered"))
                #expect(try plane.docker("alice", "network", "inspect", "proxy").status != 0)
                let refused = try plane.docker("cy", "run", "--rm", "--network", "proxy", "bb:1", "true")
                #expect(refused.status != 0)
                // An offer that has ended: it is absent, and who has joined stays.
                try Self.policy.replacing(Self.offering, with: "tenants: {red: {}, blue: {}, green: {}}").write(
                    to: plane.folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
                let reloaded = try plane.quaymaster("policy", "reload")
                #expect(reloaded.status == 0, "\(reloaded)")
                #expect(try plane.docker("bo", "network", "inspect", "proxy").status != 0)
                #expect(try !plane.docker("bo", "network", "ls").output.contains("proxy"))
                #expect(try plane.docker("bo", "run", "--rm", "--network", network, "bb:1", "true").status != 0)
                #expect(try reaches(plane, "bo", "job", front))
            }
        }
    }
}
