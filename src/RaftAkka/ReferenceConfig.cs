using Akka.Configuration;

namespace RaftAkka;

/// <summary>
/// RaftAkka's own settings for Akka and Raft, each with its reason beside it. They have to be part of an
/// actor system's configuration when it is created: serializers and transport are made then.
/// </summary>
public static class ReferenceConfig
{
    /// <summary>
    /// <c>reference.conf</c>: for every actor system that has a server or client of RaftAkka in it, behind the
    /// application's own settings: <c>own.WithFallback(ReferenceConfig.Default)</c>.
    /// </summary>
    public static Config Default { get; } = Load("RaftAkka.reference.conf");

    /// <summary>
    /// <c>node.conf</c> before <see cref="Default"/>: for an actor system that does nothing but serve Raft. Whoever
    /// uses it ends the actor system by <c>Terminate</c>; a coordinated shutdown does not.
    /// </summary>
    public static Config Node { get; } = Load("RaftAkka.node.conf").WithFallback(Default);

    private static Config Load(string resource) =>
        ConfigurationFactory.FromResource(resource, typeof(ReferenceConfig).Assembly);
}
