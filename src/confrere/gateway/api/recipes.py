"""Recipes: saved, listed, run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from confrere.errors import WrongUse
from confrere.gateway.api.people import caller, mine, model_of, own
from confrere.gateway.api.tasks import given, whole
from confrere.gateway.http import Problem, Request, Routes
from confrere.gateway.shapes.recipes import NewRecipe, Recipe, RecipeRun, Recipes
from confrere.gateway.shapes.tasks import Task

if TYPE_CHECKING:
    from confrere.gateway.state import Gateway

routes = Routes()


@routes.route("GET", "/api/recipes", "look", answer=Recipes)
async def listed(gateway: Gateway, request: Request) -> Recipes:
    """The recipes."""
    gateway.tail.pull()
    return Recipes(recipes=[one for one in gateway.recipes.all.values() if gateway.people.of_thing(one.id) == caller(request).person])


@routes.route("POST", "/api/recipes", "brief", body=NewRecipe, answer=Recipe, status=201)
async def save(gateway: Gateway, request: Request) -> Recipe:
    """Keep a finished task as a recipe."""
    body: NewRecipe = await request.read(NewRecipe)
    if not body.task or own(gateway, request).last(body.task) is None:
        raise WrongUse("core.task-unknown", task=body.task)
    gateway.tail.pull()
    return gateway.recipes.save(gateway.shelf.state(body.task), body.name, caller(request).person)


@routes.route("DELETE", "/api/recipes/{id}", "brief")
async def remove(gateway: Gateway, request: Request) -> None:
    """Forget a recipe."""
    gateway.recipes.remove(mine(gateway, request, request.params["id"], "gateway.no-recipe"))


@routes.route("POST", "/api/recipes/{id}/run", "brief", body=RecipeRun, answer=Task, status=201)
async def run(gateway: Gateway, request: Request) -> Task:
    """Run a recipe on other folders or values; its plan waits for approval."""
    body: RecipeRun = await request.read(RecipeRun)
    recipe = gateway.recipes.get(mine(gateway, request, request.params["id"], "gateway.no-recipe"))
    origin = {"recipe": recipe.id, "name": recipe.name, "by": caller(request).id, "channel": "web", "person": caller(request).person}
    model = model_of(gateway, request, body.model)
    return whole(gateway, await run_recipe(gateway, recipe, given(body.folders), body.values, model, origin))


async def run_recipe(
    gateway: Gateway,
    recipe: Recipe,
    folders: list[str],
    values: dict[str, str],
    model: str,
    origin: dict[str, str],
    task: str = "",
    yes: bool = False,
) -> str:
    """Begin a task with the recipe's plan. Raises Problem when there are not as many folders as it was made for."""
    from confrere.agent.brief import folders_of
    from confrere.gateway.recipes import filled
    from confrere.workspace.roots import grant

    if len(folders) != len(recipe.folders):
        raise Problem(400, "gateway.recipe-folders", wanted=len(recipe.folders), given=len(folders))
    folders = gateway.people.folders(origin["person"], folders)  # before looking at them: whether another's folder exists is not told
    roots = grant(folders_of(folders), gateway.home.path).roots
    by_path = {root.path: root.name for root in roots}
    import os

    names = [by_path.get(os.path.realpath(path)) for path, _ in folders_of(folders)]
    if len(roots) != len(folders) or None in names:
        raise Problem(400, "gateway.recipe-folders", wanted=len(recipe.folders), given=len(roots))
    plan = filled(recipe, [name for name in names if name is not None], values)
    made = await gateway.desk.begin_planned(recipe.brief, folders, plan, model=model or "builtin", origin=origin, task=task, yes=yes)
    gateway.recipes.ran(recipe.id, made)
    return made
