namespace RaftAkka.Tool.Up;

/// <summary>The node processes of this machine, as the shell handles them.</summary>
internal interface ILocalNodes
{
    /// <summary>Kills a process at once, as a power failure would (kill −9), and waits for its end.</summary>
    /// <exception cref="Cli.ToolException">There is no such node, or it does not run.</exception>
    Task KillAsync(string id);

    /// <summary>Starts a node that does not run, and waits until it is ready.</summary>
    /// <exception cref="Cli.ToolException">There is no such node, it runs already, or it does not start.</exception>
    Task StartAsync(string id, CancellationToken stop);
}
