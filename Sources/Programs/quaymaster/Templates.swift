/// The files that `quaymaster init` writes.
enum Templates {
    /// `policy.yaml`
    static let policy = #"""
        # Who may do what through Quaymaster.
        #
        #   quaymaster policy check     says whether this file works, with line and column
        #   quaymaster policy verbs     explains the verbs
        #
        # Whatever is not granted is refused. A running gateway takes a changed file on SIGHUP
        # (systemctl reload quaymaster) or `quaymaster policy reload`; a file that does not
        # compile never replaces one that runs.

        # A tenant owns containers, networks and volumes. With one tenant, every object of the
        # engine is its own; with two or more, each sees and touches only what it made.
        tenants:
          local: {}
          # ci: {zone: strangers}

        # A zone is a class of trust that tenants live in. The stricter of zone and grant wins.
        # zones:
        #   strangers: {level: restricted}

        # A level is what a container may ask of its host:
        #   privileged   everything; whoever has it is root on the host
        #   baseline     what ordinary compose files need, and no way to the host
        #   restricted   for strangers
        # levels:
        #   web:
        #     extends: baseline
        #     ports: ["80", "443", "8000-8999"]
        #     mounts: {bind: [{from: /srv/web/content, to: /usr/share/nginx/html, readOnly: true}]}
        #     capabilities: [SYS_NICE]

        # A role is a list of verbs under a name.
        roles:
          admin: ["*"]
          developer: [view, logs, search, run, start, stop, restart, kill, pause, wait, rename,
            update, rm, attach, exec, cp, export, commit, pull, push, build, tag, rmi, load, save,
            import, login, network, volume, prune]
          observer: [view, logs]

        # Identities are named by their certificates (`quaymaster identity issue NAME`) and need no
        # line here. A Unix socket's identity says which users may speak for it, and a certificate
        # may be known by its san, cn, spiffe or fingerprint and its issuer:
        # identities:
        #   traefik: {unixUser: 101}
        #   runner-7: {certificate: {spiffe: "spiffe://ci/runner-7", issuer: corp}}

        # to: who   may: roles and verbs   in: whose objects ("*": everybody's, and the engine)
        grants:
          - {to: admin, may: admin, in: "*", level: privileged}
          # - {to: alice, may: developer, in: local, level: baseline}
          # - {to: grafana, may: observer, in: local}
          # - {to: runner-7, may: [run, logs, exec, pull], in: ci, level: restricted}

        """#

    /// `quaymaster.yaml`
    static func configuration(listen: String, engine: String) -> String {
        #"""
        # Where Quaymaster listens, which engine it fronts, where it keeps what it knows.
        # Paths are relative to this file.

        listen:
          - \#(listen)
          # A Unix socket that stands for one identity of policy.yaml, in a directory of its own:
          # - unix:///run/quaymaster/traefik/docker.sock?identity=traefik&mode=0660&group=101

        engines:
          - {name: local, address: "\#(engine)"}

        state: state
        policy: policy.yaml

        # Health (/healthz, /readyz) and Prometheus (/metrics), without TLS: keep it on loopback.
        # metrics: 127.0.0.1:9276

        # docker-compose 1.29 and docker-py 5 speak TLS 1.2 only; without them, write minimum: "1.3".
        # tls: {certificate: server.pem, key: server-key.pem, authority: ca.pem, minimum: "1.2"}

        # Authorities beside ours, whose clients mean whom policy.yaml says:
        # trust:
        #   - {name: corp, ca: corp-ca.pem}

        # The cgroup that holds the tenants' own, each the parent of its containers.
        # cgroup: quaymaster

        # With several tenants, each has a network of its own in the place of the engine's default one.
        # Their subnets come out of this pool (here 1,024 of 62 addresses); without it, out of the
        # engine's own, which is enough for about 30.
        # networks: {pool: 10.211.0.0/16, size: 26}

        # limits:
        #   bodyBytes: 4194304     the most bytes of a JSON body
        #   headSeconds: 10        for a request's head to arrive
        #   bodySeconds: 60        for a JSON body to arrive
        #   idleSeconds: 600       before an unused connection is closed
        #   drainSeconds: 8        for streams to end when the gateway stops
        #   connections: 20000     of clients at a time

        """#
    }
}
