using Akka.Actor;
using RaftAkka.Client;

namespace RaftAkka.Hosting;

/// <summary>The client that an actor system was started with.</summary>
internal sealed class HostedClient(RaftClient client) : IExtension
{
    public static void Start(ActorSystem system, RaftClientSettings settings)
    {
        var client = RaftClient.Start(system, settings);
        system.RegisterExtension(new Provider(client));

        // Calls that still wait end at once, as not applied or unknown, while the actors are still there to say so.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "stop-raft-client", async () =>
        {
            await client.StopAsync().ConfigureAwait(false);
            return Akka.Done.Instance;
        });
    }

    public static RaftClient Of(ActorSystem system) => system.TryGetExtension<HostedClient>(out var hosted)
        ? hosted.Client
        : throw new InvalidOperationException(
            $"Actor system {system.Name} has no Raft client yet: call WithRaftClient in AddAkka, "
            + "and ask for the client once the host has started.");

    public RaftClient Client { get; } = client;

    private sealed class Provider(RaftClient client) : ExtensionIdProvider<HostedClient>
    {
        public override HostedClient CreateExtension(ExtendedActorSystem system) => new(client);
    }
}
