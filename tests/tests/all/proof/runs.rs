//! A run finds the file gone.

use testbed::scene::Scene;

use super::ours;

#[test]
fn a_run_puts_back_what_a_restored_backup_took_but_only_into_the_same_shop() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let folder = scene.shop.folder();
    let first = ours(&folder);
    let old = std::fs::read(folder.join(&first[0])).unwrap();
    std::fs::write(folder.join(&first[0]), "<?php // changed").unwrap();
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    let second = ours(&folder);
    // The backup of yesterday: the old file is back, the new one gone.
    std::fs::remove_file(folder.join(&second[0])).unwrap();
    std::fs::write(folder.join(&first[0]), old).unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let third = ours(&folder);
    assert_eq!(third.len(), 1, "{third:?} {}", ran.said());
    assert!(third != first && third != second);
    scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    // Once a day: what goes on and on is for the owner.
    std::fs::remove_file(folder.join(&third[0])).unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_ne!(ran.code, Some(0));
    assert!(ran.said().contains(" deploy"), "{}", ran.said());
}

#[test]
fn a_run_puts_nothing_into_another_shop_than_the_one_that_was_proved() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let folder = scene.shop.folder();
    std::fs::remove_file(folder.join(&ours(&folder)[0])).unwrap();
    let config = folder.join("config.php");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(
        &config,
        text.replace("http://127.0.0.1", "http://127.0.0.2"),
    )
    .unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_ne!(ran.code, Some(0), "{}", ran.said());
    assert_eq!(ours(&folder), Vec::<String>::new(), "{}", ran.said());
}
