namespace RaftAkka.Tool.Up;

/// <summary>The node processes of this machine, as the shell handles them.</summary>
internal interface ILocalNodes
{
    /// <summary>Does nothing where there is such a node.</summary>
    /// <exception cref="Cli.ToolException">There is none.</exception>
    void Require(string id);

    /// <summary>Kills a process at once, as a power failure would (kill −9), and waits for its end.</summary>
    /// <exception cref="Cli.ToolException">There is no such node, or it does not run.</exception>
    Task KillAsync(string id);

    /// <summary>Starts a node that does not run, and waits until it is ready.</summary>
    /// <exception cref="Cli.ToolException">There is no such node, it runs already, or it does not start.</exception>
    Task StartAsync(string id, CancellationToken stop);

    /// <summary>Starts one more node, and waits until it is ready to join the cluster.</summary>
    /// <returns>Its id, and where it listens.</returns>
    /// <exception cref="Cli.ToolException">There is no room for one more, or it does not start.</exception>
    Task<(string Id, string Address)> AddAsync(CancellationToken stop);

    /// <summary>Stops a node, if it runs, that has left the cluster, and forgets it.</summary>
    /// <exception cref="Cli.ToolException">There is no such node.</exception>
    Task RemoveAsync(string id);
}
