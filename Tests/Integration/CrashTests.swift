import Foundation
import Testing

extension Integration {
    /// The gateway is killed while two tenants make and remove things; afterwards everything that the
    /// engine has is its right owner's.
    @Suite(.serialized) struct CrashTests {
        /// Makes and removes containers, networks and volumes, one after the other, and says what came of
        /// each: `201 container crash-red-1-2`.
        private static let load = #"""
            folder=$1 address=$2 tenant=$3 round=$4
            ask() {
              curl -s -o /dev/null -w '%{http_code} ' --cacert "$folder/ca.pem" --cert "$folder/cert.pem" \
                --key "$folder/key.pem" -H 'Content-Type: application/json' "$@" && return
              echo gone; exit 0
            }
            for number in $(seq 1 200); do
              name=crash-$tenant-$round-$number
              ask -d '{"Image":"bb:1","Volumes":{"/d":{}}}' "https://$address/containers/create?name=$name"
              echo container $name
              ask -d "{\"Name\":\"$name\"}" "https://$address/volumes/create"
              echo volume $name
              ask -d "{\"Name\":\"$name\"}" "https://$address/networks/create"
              echo network $name
              [ $((number % 2)) = 0 ] && continue
              ask -X DELETE "https://$address/containers/$name?v=1"
              echo removed-container $name
              ask -X DELETE "https://$address/volumes/$name"
              echo removed-volume $name
              ask -X DELETE "https://$address/networks/$name"
              echo removed-network $name
            done
            """#

        private struct Found: Hashable {
            let kind: String
            let id: String
            let name: String
            let isSealed: Bool
        }

        /// What the engine has of these tests.
        private func found(_ plane: Plane) throws -> [Found] {
            let seal = #"{{.Label "quaymaster.name"}} {{.Label "quaymaster.seal"}}"#
            let lists = [
                ("container", ["ps", "-a", "--no-trunc", "--format", "{{.ID}} " + seal]),
                ("network", ["network", "ls", "--no-trunc", "--format", "{{.ID}} " + seal]),
                ("volume", ["volume", "ls", "--format", "{{.Name}} " + seal]),
            ]
            var found: [Found] = []
            for (kind, words) in lists {
                let listed = try run(["docker", "-H", "unix://\(plane.engine.socket)"] + words)
                for line in listed.output.split(separator: "\n") {
                    let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                    guard parts.count >= 2, parts[1].hasPrefix("crash-") else { continue }
                    let isSealed = parts.count > 2 && !parts[2].isEmpty
                    found.append(Found(kind: kind, id: parts[0], name: parts[1], isSealed: isSealed))
                }
            }
            return found
        }

        @Test func killedAtRandomEverythingHasItsOwner() throws {
            try withPlane { plane in
                var made = 0
                defer { remove(plane) }
                let folders = [("red", try plane.certificates("alice")), ("blue", try plane.certificates("bo"))]
                let rounds = ProcessInfo.processInfo.environment["QM_KILLS"].flatMap(Int.init) ?? 20
                var kinds: Set<String> = []
                for round in 1...rounds {
                    let loads = try folders.map { tenant, folder in
                        try Command(["bash", "-c", Self.load, "load", folder, plane.address, tenant, "\(round)"])
                    }
                    // Into whatever is under way by then.
                    usleep(UInt32.random(in: 100_000...900_000))
                    try plane.crash()
                    var answered: Set<String> = []
                    for load in loads {
                        for line in load.finish(seconds: 60).output.split(separator: "\n") {
                            let words = line.split(separator: " ").map(String.init)
                            guard words.count == 3, words[0] == "201" else { continue }
                            answered.insert(words[1] + "/" + words[2])
                        }
                    }
                    made += answered.count
                    kinds.formUnion(answered.compactMap { $0.split(separator: "/").first.map(String.init) })
                    try check(plane, answered, round)
                }
                // How much is made is the machine's matter.
                #expect(made > 0 && kinds == ["container", "volume", "network"], "\(made) \(kinds)")
                // Nothing of what is gone is left in the store, once it was compared.
                try plane.restart()
                let there = Set(try found(plane).map { $0.kind + "/" + $0.id })
                var stale: [Plane.Owned] = []
                let end = Date().addingTimeInterval(30)
                repeat {
                    stale = try plane.owned().filter { $0.name.hasPrefix("crash-") && !there.contains($0.kind + "/" + $0.id) }
                } while !stale.isEmpty && Date() < end
                #expect(stale.isEmpty, "\(stale)")
            }
        }

        /// Whoever looks settles what was not answered; what the engine was still making when the gateway was
        /// killed comes a little later.
        private func check(_ plane: Plane, _ answered: Set<String>, _ round: Int) throws {
            let end = Date().addingTimeInterval(20)
            var problems = try problems(plane, answered)
            while !problems.isEmpty, Date() < end { problems = try self.problems(plane, answered) }
            #expect(problems.isEmpty, "round \(round): \(problems)")
        }

        private func problems(_ plane: Plane, _ answered: Set<String>) throws -> [String] {
            for identity in ["alice", "bo"] {
                for words in [["ps", "-a"], ["volume", "ls"], ["network", "ls"]] {
                    let outcome = try run(["docker"] + words, environment: plane.environment(identity))
                    #expect(outcome.status == 0, "\(outcome)")
                }
            }
            var owners: [String: String] = [:]
            for object in try plane.owned() { owners[object.kind + "/" + object.id] = object.tenant }
            var problems: [String] = []
            for object in try found(plane) {
                let owner = owners[object.kind + "/" + object.id]
                let right = object.name.hasPrefix("crash-red-") ? "red" : "blue"
                // A wrong owner is never right again.
                #expect(owner == nil || owner == right, "\(object) is \(owner ?? "")'s")
                // What carries a seal was intended, and what was answered was settled.
                let isOwned = object.isSealed || answered.contains(object.kind + "/" + object.name)
                if owner == nil, isOwned { problems.append("\(object) is nobody's") }
            }
            return problems
        }

        private func remove(_ plane: Plane) {
            let everything = (try? found(plane)) ?? []
            func names(_ kind: String) -> [String] { everything.filter { $0.kind == kind }.map(\.id) }
            if !names("container").isEmpty { plane.engine.clean(["rm", "-f", "-v"] + names("container")) }
            if !names("network").isEmpty { plane.engine.clean(["network", "rm"] + names("network")) }
            if !names("volume").isEmpty { plane.engine.clean(["volume", "rm", "-f"] + names("volume")) }
        }
    }
}
