using System.Net.Sockets;
using RaftAkka.Log;
using RaftAkka.Tool.Cli;

namespace RaftAkka.Tool.Node;

/// <summary>Tells a node that broke from one that cannot start with its configuration.</summary>
internal static class NodeFailures
{
    /// <summary>What ended a node that had started, as the exception that ends the verb.</summary>
    public static ToolException Explain(Exception cause) =>
        new(IsConfiguration(cause) ? ExitCode.Usage : ExitCode.Failed, cause.Message, cause);

    /// <summary>Why the actor system did not start; null for what only a bug can cause.</summary>
    public static ToolException? ExplainStart(Exception exception, RaftNodeSettings settings)
    {
        if (exception is ToolException) return null;   // It says why already.
        return Inside(exception).OfType<SocketException>().FirstOrDefault() is { } refused
            ? new ToolException(ExitCode.Usage, CannotListen(settings, refused), exception)
            : null;
    }

    private static bool IsConfiguration(Exception cause) => cause
        is DiskException { Failure: DiskFailure.Locked or DiskFailure.Refused or DiskFailure.NotFound }
        or UnusableLogException { IsForeign: true };

    private static string CannotListen(RaftNodeSettings settings, SocketException refused) =>
        $"Server {settings.Server} cannot listen on {settings.Listen ?? OwnAddress.Of(settings)}: {refused.Message}. "
        + refused.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse =>
                "Another process listens there: the same server, perhaps. Stop that one, or give this server another "
                + "address, in the files of all servers.",
            SocketError.AccessDenied => "Ports below 1024 are for the administrator; choose another one.",
            _ => "A server listens on its own entry of the members, or on raft.listen, where the others reach it by another "
                + "address than its own (a container, a port mapping). Is that an address of this machine?",
        };

    private static IEnumerable<Exception> Inside(Exception exception)
    {
        yield return exception;
        var causes = exception is AggregateException many
            ? many.InnerExceptions
            : exception.InnerException is { } one ? [one] : Enumerable.Empty<Exception>();
        foreach (var inner in causes.SelectMany(Inside)) yield return inner;
    }
}
