using Akka.Actor;

namespace RaftAkka.Sessions;

/// <summary>
/// A client that is connected to this server. <see cref="ClientSessions"/> says where it is, and its
/// <see cref="ClientSession"/> when it was last heard; each reads what the other one writes.
/// </summary>
internal sealed class ConnectedClient(string name, ClientHost host, Address address, TimeSpan now)
{
    private volatile ClientHost _host = host;
    private long _heard = now.Ticks;

    /// <summary>The name under which it introduced itself.</summary>
    public string Name { get; } = name;

    /// <summary>Its session actor.</summary>
    public IActorRef Session { get; set; } = ActorRefs.Nobody;

    /// <summary>The address of its actor system.</summary>
    public Address Address { get; set; } = address;

    /// <summary>The host that it is on.</summary>
    public ClientHost Host
    {
        get => _host;
        set => _host = value;
    }

    /// <summary>When it last sent something, on the scheduler's clock.</summary>
    public TimeSpan Heard
    {
        get => new(Volatile.Read(ref _heard));
        set => Volatile.Write(ref _heard, value.Ticks);
    }
}
