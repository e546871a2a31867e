using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using RaftAkka.Protocol;
using RaftAkka.UserCode;

namespace RaftAkka.Client;

/// <summary>
/// The only door from a client to the servers: an address leads to that server's <c>sessions</c> actor.
/// </summary>
internal interface IServers
{
    /// <summary>Whom to tell. Messages may be lost; nothing is thrown.</summary>
    /// <param name="address">A server's address, <c>host:port</c>.</param>
    ICanTell At(string address);
}

/// <summary>
/// Servers as the embedding program finds them. An address for which its function throws leads nowhere, and is named in
/// the log once: an actor that failed over it, at its start, would leave its callers without an answer.
/// </summary>
internal sealed class ServersByAddress(Func<string, ICanTell> at, ILoggingAdapter log) : IServers
{
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public ICanTell At(string address)
    {
        try
        {
            return at(address);
        }
        catch (Exception e)
        {
            if (_told.TryAdd(address, true))
                log.Error(
                    UserFailure.Printable(e), "raft client: the function that finds the servers threw for {0} ({1}). The client "
                    + "treats that server as one that does not answer. The function must not throw.",
                    address, UserFailure.Describe(e));
            return ActorRefs.Nobody;
        }
    }
}

/// <summary>
/// Servers in other actor systems, found by their path: a reference would be bound to one incarnation of the
/// server.
/// </summary>
internal sealed class RemoteServers(ActorSystem system, string serverSystem, GroupName group)
{
    // One map for the client's actor and its status collectors, which may run on different threads.
    private readonly ConcurrentDictionary<string, ICanTell> _byAddress = new();

    public ICanTell At(string address) =>
        _byAddress.GetOrAdd(
            address, at => system.ActorSelection($"akka.tcp://{serverSystem}@{at}/user/{group}/sessions"));
}
